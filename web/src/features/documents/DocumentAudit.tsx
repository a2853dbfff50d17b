/** Who did what with this document; auditors and owners see it. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { Problem } from "../../api/problem.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { auditQuery } from "../audit/audit.ts";
import { useActionName, useActorName } from "../audit/names.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useMay } from "../sessions/me.ts";

export function DocumentAudit({ documentId }: { documentId: string }) {
  const text = useText();
  const canRead = useMay("audit:read");
  if (canRead === false) return <Forbidden>{text.document.auditForbidden}</Forbidden>;
  return <Events documentId={documentId} />;
}

function Forbidden({ children }: { children: string }) {
  return (
    <p className="flex items-start gap-2.5 text-sm text-ink-2">
      <Icon name="lock" className="mt-px size-4.5 text-ink-3" />
      {children}
    </p>
  );
}

function Events({ documentId }: { documentId: string }) {
  const text = useText();
  const format = useFormat();
  const actorName = useActorName();
  const actionName = useActionName();
  const events = useInfiniteQuery(auditQuery(useClient(), "content", documentId));
  if (events.error instanceof Problem && events.error.status === 403) {
    return <Forbidden>{text.document.auditForbidden}</Forbidden>;
  }
  if (events.error) return <ProblemNotice error={events.error} onRetry={() => events.refetch()} />;
  if (!events.data) return <Skeleton label={text.common.loading} lines={4} />;
  const items = events.data.pages.flatMap((page) => page.items);
  if (items.length === 0) return <p className="text-sm text-ink-2">{text.document.auditEmpty}</p>;
  return (
    <>
      <ol className="flex flex-col">
        {items.map((event) => (
          <li key={event.id} className="border-b border-line py-2 last:border-0">
            <p className="text-sm">
              <span className="font-medium">{actorName(event.actor)}</span>
            </p>
            <p className="text-sm text-ink-2">{actionName(event.action)}</p>
            <time dateTime={event.at} className="tabular text-xs text-ink-3">
              {format.exact(event.at)}
            </time>
          </li>
        ))}
      </ol>
      {events.hasNextPage && (
        <Button
          size="sm"
          isPending={events.isFetchingNextPage}
          onPress={() => events.fetchNextPage()}
        >
          {text.common.more}
        </Button>
      )}
    </>
  );
}
