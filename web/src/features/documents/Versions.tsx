/** Every version of a document, newest first; any of them can be shown. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Document } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { Skeleton } from "../../ui/Progress.tsx";
import { ProblemNotice } from "../problems/ProblemNotice.tsx";
import { useNames } from "../sessions/me.ts";
import { State } from "./DocumentTable.tsx";
import { versionsQuery } from "./documents.ts";

export function Versions({ document, shown }: { document: Document; shown: number }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const { data, error, refetch } = useQuery(versionsQuery(useClient(), document.id));
  if (error) return <ProblemNotice error={error} onRetry={() => refetch()} />;
  if (!data) return <Skeleton label={text.common.loading} lines={2} />;
  return (
    <ol className="-mx-2 flex flex-col gap-0.5">
      {data.map((version) => (
        <li key={version.version}>
          <Link
            to="/documents/$documentId"
            params={{ documentId: document.id }}
            search={{
              pane: "versions" as const,
              ...(version.version === document.version ? {} : { version: version.version }),
            }}
            activeOptions={{ exact: true, includeSearch: false }}
            aria-current={version.version === shown ? "true" : undefined}
            className="block rounded-md px-2 py-2 outline-offset-[-2px] hover:bg-sunken aria-[current=true]:bg-accent-soft"
          >
            <span className="flex items-center gap-2">
              <span className="tabular font-medium">{text.document.showing(version.version)}</span>
              {version.version === document.version && <Badge>{text.document.current}</Badge>}
              <State document={version} />
            </span>
            <span className="mt-0.5 block text-xs text-ink-2">
              {[nameOf(version.createdBy), format.moment(version.createdAt)].filter(Boolean).join(
                ", ",
              )}
            </span>
            <span className="block truncate text-xs text-ink-2">
              {version.fileName} · {format.size(version.size)}
            </span>
          </Link>
        </li>
      ))}
    </ol>
  );
}
