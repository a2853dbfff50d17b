/** Rows and columns with hairlines; what does not fit in width is scrolled to. */
import type { ReactNode } from "react";

export type Column = {
  label: string;
  isNumber?: boolean;
  /** Left out below this width; what it says must stand elsewhere, too, or be of little weight. */
  from?: "sm" | "md" | "lg";
  isLabelHidden?: boolean;
};

type Props = {
  caption: string;
  columns: readonly Column[];
  rows: readonly { id: string; cells: readonly ReactNode[] }[];
};

const from = { sm: "max-sm:hidden", md: "max-md:hidden", lg: "max-lg:hidden" };
const lookOf = (column: Column | undefined) =>
  `${column?.isNumber ? "tabular text-right" : ""} ${column?.from ? from[column.from] : ""}`;

export function DataTable({ caption, columns, rows }: Props) {
  return (
    <div role="group" aria-label={caption} tabIndex={0} className="overflow-x-auto">
      <table className="w-full border-separate border-spacing-0 text-left text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-xs text-ink-3">
            {columns.map((column) => (
              <th
                key={column.label}
                scope="col"
                className={`border-b border-line py-2 pr-4 align-bottom font-medium last:pr-0 ${
                  lookOf(column)
                }`}
              >
                <span className={column.isLabelHidden ? "sr-only" : ""}>{column.label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells }) => (
            <tr key={id} className="relative">
              {cells.map((cell, at) => (
                <td
                  key={at}
                  className={`border-b border-line py-row pr-4 align-top wrap-anywhere last:pr-0 ${
                    lookOf(columns[at])
                  }`}
                >
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
