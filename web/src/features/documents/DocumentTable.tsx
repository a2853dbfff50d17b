/** Documents in rows, by day when they are not ranked; arrow keys move between them. */
import { Link } from "@tanstack/react-router";
import type { KeyboardEvent } from "react";
import type { Document } from "../../api/client.ts";
import type { Format } from "../../i18n/format.ts";
import type { Texts } from "../../i18n/en.ts";
import { useFormat, useText } from "../../i18n/i18n.tsx";
import { Badge } from "../../ui/Badge.tsx";
import { moveBetweenRows } from "../../ui/rows.ts";
import { useNames } from "../sessions/me.ts";
import type { Row } from "./documents.ts";
import { Highlight } from "./highlights.tsx";
import { KindTag } from "./KindTag.tsx";

export function dayName(at: string, text: Texts, format: Format): string {
  const days = format.daysAgo(at);
  if (days === 0) return text.documents.today;
  return days === 1 ? text.documents.yesterday : format.weekday(at);
}

export function DocumentTable({ rows, isByDay }: { rows: Row[]; isByDay: boolean }) {
  const text = useText();
  const format = useFormat();
  const groups = isByDay
    ? Map.groupBy(rows, ({ document }) => dayName(document.createdAt, text, format))
    : new Map([["", rows]]);
  return (
    <table
      className="w-full table-fixed border-separate border-spacing-0"
      onKeyDown={(event: KeyboardEvent) => moveBetweenRows(event)}
    >
      <caption className="sr-only">{text.documents.title}</caption>
      <thead className="max-sm:hidden">
        <tr className="text-left text-xs font-medium text-ink-3">
          <th scope="col" className="border-b border-line py-2 pr-3 pl-2 font-medium">
            {text.documents.colTitle}
          </th>
          <th scope="col" className="w-36 border-b border-line py-2 pr-3 font-medium max-xl:hidden">
            {text.documents.colCategory}
          </th>
          <th scope="col" className="w-40 border-b border-line py-2 pr-3 font-medium max-lg:hidden">
            {text.documents.colBy}
          </th>
          <th
            scope="col"
            className="w-24 border-b border-line py-2 pr-3 text-right font-medium max-md:hidden"
          >
            {text.documents.colSize}
          </th>
          <th
            scope="col"
            className={`border-b border-line py-2 pr-2 text-right font-medium max-sm:hidden ${
              isByDay ? "w-20" : "w-30"
            }`}
          >
            {text.documents.colAt}
          </th>
        </tr>
      </thead>
      {[...groups].map(([day, group]) => (
        <tbody key={day}>
          {day !== "" && (
            <tr>
              <th
                scope="rowgroup"
                className="pt-5 pb-1.5 pl-2 text-left text-sm font-semibold whitespace-nowrap text-ink-2"
              >
                {day}
              </th>
            </tr>
          )}
          {group.map((row) => <DocumentRow key={row.document.id} row={row} isByDay={isByDay} />)}
        </tbody>
      ))}
    </table>
  );
}

function DocumentRow({ row: { document, highlights }, isByDay }: { row: Row; isByDay: boolean }) {
  const format = useFormat();
  const nameOf = useNames();
  const author = nameOf(document.createdBy);
  const cell = "border-b border-line py-row align-top";
  return (
    <tr className="relative hover:bg-surface">
      <td className={`${cell} pr-3 pl-2`}>
        <div className="flex items-start gap-3">
          <KindTag kind={document.kind} />
          <div className="min-w-0 grow">
            <div className="flex min-w-0 items-center gap-2">
              <Link
                to="/documents/$documentId"
                params={{ documentId: document.id }}
                data-row
                className="row-link min-w-0 truncate font-medium text-ink"
              >
                {document.title}
              </Link>
              {document.version > 1 && (
                <span className="tabular shrink-0 text-xs text-ink-3">v{document.version}</span>
              )}
              <State document={document} />
            </div>
            <p className="truncate text-xs text-ink-3 compact:hidden">
              <span className="tabular sm:hidden">
                {isByDay ? format.time(document.createdAt) : format.dayShort(document.createdAt)}
                {" · "}
              </span>
              {document.fileName}
              <span className="xl:hidden">
                {document.category && ` · ${document.category}`}
              </span>
            </p>
            {highlights.length > 0 && (
              <p className="mt-1 line-clamp-4 max-w-3xl sm:line-clamp-2 text-sm text-ink-2 wrap-anywhere">
                {highlights.map((highlight, at) => (
                  <span key={at}>
                    {at > 0 && " "}
                    <Highlight text={highlight} />
                  </span>
                ))}
              </p>
            )}
          </div>
        </div>
      </td>
      <td className={`${cell} truncate pr-3 text-ink-2 max-xl:hidden`}>{document.category}</td>
      <td className={`${cell} truncate pr-3 text-ink-2 max-lg:hidden`}>{author}</td>
      <td className={`${cell} tabular pr-3 text-right text-ink-3 max-md:hidden`}>
        {format.size(document.size)}
      </td>
      <td className={`${cell} tabular pr-2 text-right text-ink-2 max-sm:hidden`}>
        <time dateTime={document.createdAt} title={format.exact(document.createdAt)}>
          {isByDay ? format.time(document.createdAt) : format.dayShort(document.createdAt)}
        </time>
      </td>
    </tr>
  );
}

type Known = Pick<Document, "status"> & { quarantined?: boolean };

/** Only what is out of the ordinary is said. */
export function State({ document }: { document: Known }) {
  const text = useText();
  if (document.quarantined) return <Badge tone="caution">{text.documents.held}</Badge>;
  if (document.status === "processing") return <Badge>{text.documents.processing}</Badge>;
  if (document.status === "failed") return <Badge tone="caution">{text.documents.failed}</Badge>;
  return null;
}
