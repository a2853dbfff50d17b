/** Structured reports (PS3.3, C.17.3): the content tree as lines of name and value. */
import { type Dataset, itemsOf } from "./parsing.ts";
import { dateOf, first, nameOf, textOf, timeOf } from "./values.ts";

export type ReportLine = { depth: number; name: string; value: string };

const LINES_MAX = 2_000;
const CONTENT = 0x0040a730;
const MEANING = 0x00080104;

/** Depth first, as it is read. Empty for what is no report. */
export function reportOf(dataset: Dataset): ReportLine[] {
  const lines: ReportLine[] = [];
  const walk = (item: Dataset, depth: number) => {
    for (const child of itemsOf(item, CONTENT)) {
      if (lines.length >= LINES_MAX) return;
      const name = textOf(itemsOf(child, 0x0040a043)[0], MEANING);
      const value = valueOf(child);
      if (name !== "" || value !== "") lines.push({ depth, name, value });
      walk(child, depth + 1);
    }
  };
  walk(dataset, 0);
  return lines;
}

export const linesOf = (report: ReportLine[]): string[] =>
  report.map(({ name, value }) => name && value ? `${name}: ${value}` : name || value);

function valueOf(item: Dataset): string {
  switch (first(item, 0x0040a040)) {
    case "TEXT":
      return textOf(item, 0x0040a160);
    case "CODE":
      return textOf(itemsOf(item, 0x0040a168)[0], MEANING);
    case "NUM": {
      const measured = itemsOf(item, 0x0040a300)[0];
      const unit = itemsOf(measured, 0x004008ea)[0];
      const unitText = first(unit, 0x00080100) === "1" ? "" : textOf(unit, 0x00080100);
      return [textOf(measured, 0x0040a30a), unitText].filter(Boolean).join(" ");
    }
    case "PNAME":
      return nameOf(item, 0x0040a123)?.full ?? "";
    case "DATE":
      return dateOf(item, 0x0040a121) ?? "";
    case "TIME":
      return timeOf(item, 0x0040a122) ?? "";
    case "DATETIME":
      return dateOf(item, 0x0040a120) ?? "";
    case "UIDREF":
      return first(item, 0x0040a124) ?? "";
    default:
      return "";
  }
}
