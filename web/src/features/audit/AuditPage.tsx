/** Who did what, service by service, and whether the record is whole. */
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { AuditEvent } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Empty, Notice } from "../../ui/Notice.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Segmented } from "../../ui/Segmented.tsx";
import { dayName } from "../documents/DocumentTable.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";
import { usePageTitle } from "../shell/title.ts";
import { AUDITED, type Audited, auditQuery } from "./audit.ts";
import { useActionName, useActorName } from "./names.ts";

const route = getRouteApi("/signed-in/audit");

export function AuditPage() {
  const text = useText();
  const { service = "content", subject } = route.useSearch();
  const navigate = route.useNavigate();
  const canRead = useMay("audit:read");
  usePageTitle(text.audit.title);
  return (
    <div className="mx-auto max-w-[88rem] px-4 pt-5 sm:px-6 sm:pt-7 lg:px-8">
      <h1 className="text-2xl font-semibold">{text.audit.title}</h1>
      {canRead === false
        ? <Empty icon="lock" title={text.audit.forbiddenTitle}>{text.audit.forbiddenText}</Empty>
        : (
          <>
            <p className="mt-1 mb-5 max-w-prose text-ink-2">{text.audit.lead}</p>
            <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
              <Segmented
                label={text.audit.service}
                value={service}
                onChange={(value) =>
                  navigate({
                    replace: true,
                    search: value === "content" ? {} : { service: value },
                  })}
                choices={AUDITED.map((value) => ({
                  value,
                  label: text.audit.services[value] ?? value,
                }))}
              />
            </div>
            {subject !== undefined && (
              <div className="mb-4 flex flex-wrap items-center gap-3 rounded-md bg-sunken px-3 py-2">
                <p className="min-w-0 grow wrap-anywhere">
                  {text.audit.onlyAbout(subject.slice(-6))}
                </p>
                <Button
                  size="sm"
                  icon="close"
                  onPress={() => navigate({ search: ({ subject: _, ...rest }) => rest })}
                >
                  {text.audit.showAll}
                </Button>
              </div>
            )}
            <Records key={`${service} ${subject}`} service={service} subject={subject} />
          </>
        )}
    </div>
  );
}

type RecordsProps = { service: Audited; subject: string | undefined };

function Records({ service, subject }: RecordsProps) {
  const text = useText();
  const format = useFormat();
  const client = useClient();
  const canVerify = useMay("audit:verify");
  const events = useInfiniteQuery(auditQuery(client, service, subject));
  const verify = useMutation({
    mutationFn: () => client.get(`/api/${service}/audit-events/verify`, {}),
  });
  if (events.error instanceof Problem && events.error.status === 403) {
    return <Empty icon="lock" title={text.audit.forbiddenTitle}>{text.audit.forbiddenText}</Empty>;
  }
  const items = events.data?.pages.flatMap((page) => page.items) ?? [];
  const days = Map.groupBy(items, (event) => dayName(event.at, text, format));
  return (
    <>
      {canVerify !== false && (
        <div className="mb-4 flex min-h-12 flex-wrap items-center gap-3">
          <Button
            icon="audit"
            isPending={verify.isPending}
            onPress={() => verify.mutate()}
          >
            {verify.isPending ? text.audit.verifying : text.audit.verify}
          </Button>
          <div className="min-w-0 grow basis-72">
            {verify.isError && <ProblemNotice error={verify.error} />}
            {verify.isSuccess && (verify.data.ok
              ? <Notice tone="good" icon="check" title={text.audit.intact(verify.data.checked)} />
              : (
                <Notice tone="danger" isUrgent title={text.audit.broken}>
                  {text.audit.brokenText(verify.data.firstBad ?? "?", verify.data.checked)}
                </Notice>
              ))}
          </div>
        </div>
      )}
      {events.isError
        ? <ProblemNotice error={events.error} onRetry={() => events.refetch()} />
        : events.isPending
        ? <Skeleton label={text.common.loading} lines={10} />
        : items.length === 0
        ? <Empty icon="audit" title={text.audit.empty} />
        : (
          <>
            <div
              className="overflow-x-auto"
              tabIndex={0}
              role="group"
              aria-label={text.audit.title}
            >
              <table className="w-full min-w-xl border-separate border-spacing-0">
                <caption className="sr-only">{text.audit.title}</caption>
                <thead>
                  <tr className="text-left text-xs text-ink-3">
                    {[
                      text.audit.colAt,
                      text.audit.colWho,
                      text.audit.colWhat,
                      text.audit.colSubject,
                      text.audit.colOutcome,
                    ]
                      .map((name) => (
                        <th
                          key={name}
                          scope="col"
                          className="border-b border-line py-2 pr-4 font-medium"
                        >
                          {name}
                        </th>
                      ))}
                  </tr>
                </thead>
                {[...days].map(([day, group]) => (
                  <tbody key={day}>
                    <tr>
                      <th
                        scope="rowgroup"
                        className="pt-4 pb-1 text-left whitespace-nowrap text-sm font-semibold text-ink-2"
                      >
                        {day}
                      </th>
                    </tr>
                    {group.map((event) => <EventRow key={event.id} event={event} />)}
                  </tbody>
                ))}
              </table>
            </div>
            {events.hasNextPage && (
              <div className="mt-4 flex justify-center">
                <Button
                  isPending={events.isFetchingNextPage}
                  onPress={() => events.fetchNextPage()}
                >
                  {text.common.more}
                </Button>
              </div>
            )}
          </>
        )}
    </>
  );
}

function EventRow({ event }: { event: AuditEvent }) {
  const text = useText();
  const format = useFormat();
  const actorName = useActorName();
  const actionName = useActionName();
  const cell = "border-b border-line py-1.5 pr-4 align-baseline";
  const subject = text.audit.subjects[event.subject.type] ?? event.subject.type;
  const id = event.subject.id;
  return (
    <tr className="hover:bg-surface">
      <td className={`${cell} tabular w-24 whitespace-nowrap text-ink-2`}>
        <time dateTime={event.at} title={format.exact(event.at)}>{format.clock(event.at)}</time>
      </td>
      <td className={`${cell} font-medium`}>{actorName(event.actor)}</td>
      <td className={cell} title={event.action}>{actionName(event.action)}</td>
      <td className={`${cell} text-ink-2`}>
        {event.subject.type === "document" && id
          ? (
            <Link
              to="/documents/$documentId"
              params={{ documentId: id }}
              search={{ pane: "audit" as const }}
              className="rounded-sm text-accent underline-offset-2 hover:underline"
            >
              {subject} <span className="font-mono text-xs">{id.slice(-6)}</span>
            </Link>
          )
          : (
            <>
              {subject} {id && <span className="font-mono text-xs text-ink-3">{id.slice(-6)}</span>}
            </>
          )}
        {id && (
          <Link
            from="/audit"
            to="/audit"
            search={(before) => ({ ...before, subject: id })}
            aria-label={text.audit.onlyThis(`${subject} ${id.slice(-6)}`)}
            className="ml-2 inline-block rounded-sm align-[-3px] text-ink-3 hover:text-ink"
          >
            <Icon name="search" className="size-4" />
          </Link>
        )}
      </td>
      <td className={cell}>
        {event.outcome === "success"
          ? <span className="text-ink-3">{text.audit.outcomes.success}</span>
          : (
            <Badge tone={event.outcome === "failed" ? "danger" : "caution"}>
              {text.audit.outcomes[event.outcome]}
            </Badge>
          )}
      </td>
    </tr>
  );
}
