/** What happened to one's account, by oneself and by others. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { Section } from "../../ui/Section.tsx";
import { useActionName } from "../audit/names.ts";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";

const PAGE = 10;

export function EventsSection() {
  const text = useText();
  const format = useFormat();
  const client = useClient();
  const actionName = useActionName();
  const events = useInfiniteQuery({
    queryKey: ["security-events"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/identity/users/me/security-events", {
        query: { limit: PAGE, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  return (
    <Section title={text.settings.events} lead={text.settings.eventsLead}>
      {events.isError
        ? <ProblemNotice error={events.error} onRetry={() => events.refetch()} />
        : events.isPending
        ? <Skeleton label={text.common.loading} lines={4} />
        : (
          <>
            <ul className="divide-y divide-line">
              {events.data.pages.flatMap(({ items }) => items).map((event) => (
                <li key={event.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 py-2">
                  <span className="min-w-0 grow font-medium">{actionName(event.action)}</span>
                  {event.outcome !== "success" && (
                    <Badge tone={event.outcome === "failed" ? "danger" : "caution"}>
                      {text.audit.outcomes[event.outcome]}
                    </Badge>
                  )}
                  <time
                    dateTime={event.at}
                    title={format.exact(event.at)}
                    className="tabular text-sm text-ink-3"
                  >
                    {format.moment(event.at)}
                  </time>
                </li>
              ))}
            </ul>
            {events.hasNextPage && (
              <Button
                size="sm"
                className="mt-3"
                isPending={events.isFetchingNextPage}
                onPress={() => events.fetchNextPage()}
              >
                {text.common.more}
              </Button>
            )}
          </>
        )}
    </Section>
  );
}
