/** What one has been told; opening a notification marks it as read. */
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { KeyboardEvent } from "react";
import type { Notification } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { useAnnounce } from "../../ui/announcer.tsx";
import { Button, IconButton } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { moveBetweenRows } from "../../ui/rows.ts";
import { Segmented } from "../../ui/Segmented.tsx";
import { dayName } from "../documents/DocumentTable.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { usePageTitle } from "../shell/title.ts";
import { notificationsQuery } from "./notifications.ts";

const route = getRouteApi("/signed-in/notifications");

export function NotificationsPage() {
  const text = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const { list } = route.useSearch();
  const navigate = route.useNavigate();
  usePageTitle(text.notifications.title);
  const notifications = useInfiniteQuery(notificationsQuery(client, list === "unread"));
  const refresh = () => queries.invalidateQueries({ queryKey: ["notifications"] });
  const read = useMutation({
    mutationFn: (id: string) =>
      client.post("/api/communication/notifications/{id}/read", { path: { id } }),
    onSettled: refresh,
  });
  const readAll = useMutation({
    mutationFn: () => client.post("/api/communication/notifications/read-all", {}),
    onSuccess: () => announce(text.notifications.allRead),
    onSettled: refresh,
  });
  const items = notifications.data?.pages.flatMap((page) => page.items) ?? [];
  const days = Map.groupBy(items, (item) => dayName(item.createdAt, text, format));
  const failure = read.error ?? readAll.error;

  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <h1 className="mr-auto text-2xl font-semibold">{text.notifications.title}</h1>
        <Segmented
          label={text.notifications.filter}
          value={list ?? "all"}
          onChange={(value) =>
            navigate({ replace: true, search: value === "unread" ? { list: value } : {} })}
          choices={[
            { value: "all", label: text.notifications.all },
            { value: "unread", label: text.notifications.unread },
          ]}
        />
        <Button
          size="sm"
          icon="check"
          isDisabled={!items.some(({ readAt }) => readAt === null)}
          isPending={readAll.isPending}
          onPress={() => readAll.mutate()}
        >
          {text.notifications.readAll}
        </Button>
      </div>
      {failure && (
        <div className="mb-3">
          <ProblemNotice error={failure} />
        </div>
      )}
      {notifications.isError
        ? <ProblemNotice error={notifications.error} onRetry={() => notifications.refetch()} />
        : notifications.isPending
        ? <Skeleton label={text.common.loading} lines={8} />
        : items.length === 0
        ? (
          <Empty icon="bell" title={text.notifications.emptyTitle}>
            {text.notifications.emptyText}
          </Empty>
        )
        : (
          <div onKeyDown={(event: KeyboardEvent) => moveBetweenRows(event)}>
            {[...days].map(([day, group]) => (
              <section key={day} className="mb-4">
                <h2 className="border-b border-line pb-1.5 text-sm font-semibold text-ink-2">
                  {day}
                </h2>
                <ul>
                  {group.map((item) => (
                    <Row
                      key={item.id}
                      item={item}
                      onRead={() => item.readAt === null && read.mutate(item.id)}
                    />
                  ))}
                </ul>
              </section>
            ))}
            {notifications.hasNextPage && (
              <Button
                isPending={notifications.isFetchingNextPage}
                onPress={() => notifications.fetchNextPage()}
              >
                {text.common.more}
              </Button>
            )}
          </div>
        )}
    </div>
  );
}

function Row({ item, onRead }: { item: Notification; onRead: () => void }) {
  const text = useText();
  const format = useFormat();
  const isUnread = item.readAt === null;
  // The platform writes "New document: …" in English; the reader's language says it again.
  const title = item.kind === "document.created"
    ? item.title.replace(/^New document: /, "")
    : item.title;
  return (
    <li className="relative flex items-start gap-3 border-b border-line py-row pr-1 pl-1 hover:bg-surface">
      <span className="mt-1.5 grid size-2.5 shrink-0 place-items-center">
        {isUnread && <span className="size-2 rounded-full bg-accent" />}
      </span>
      <div className="min-w-0 grow">
        <p className="text-xs text-ink-3">
          {text.notifications.kinds[item.kind] ?? item.kind}
          {isUnread && <span className="sr-only">, {text.notifications.isUnread}</span>}
        </p>
        {item.subject.type === "document"
          ? (
            <Link
              to="/documents/$documentId"
              params={{ documentId: item.subject.id }}
              data-row
              onClick={onRead}
              className={`row-link block truncate ${isUnread ? "font-semibold" : "text-ink-2"}`}
            >
              {title}
            </Link>
          )
          : <p className="truncate">{title}</p>}
      </div>
      <time dateTime={item.createdAt} className="tabular mt-0.5 shrink-0 text-sm text-ink-3">
        {format.time(item.createdAt)}
      </time>
      <span className="relative z-10 -my-1 w-8 shrink-0">
        {isUnread && (
          <IconButton
            icon="check"
            size="sm"
            label={`${text.notifications.markRead}: ${title.slice(0, 80)}`}
            onPress={onRead}
          />
        )}
      </span>
    </li>
  );
}
