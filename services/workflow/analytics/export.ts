/** The log of runs as XES (IEEE 1849-2016) or CSV (RFC 4180), page by page, without names. */
import type { ExportedEvent } from "./store.ts";

export const exportFormats = ["xes", "csv"] as const;
export type ExportFormat = typeof exportFormats[number];

const CASES_AT_ONCE = 200;
/** What is told instead of an activity that only a few cases have. */
const RARE = "(rare)";

type Pages = {
  isEmpty: boolean;
  frequent: ReadonlySet<string>;
  /** Cases after `after`, in the order of their ids. */
  next(
    after: string | undefined,
    limit: number,
  ): Promise<{ lastId: string | undefined; events: ExportedEvent[] }>;
};

type Line = {
  caseId: string;
  version: number;
  activity: string;
  begunAt: Date;
  at: Date;
  role: string;
};
type Writer = { head: string; caseOf(lines: readonly Line[]): string; foot: string };

/** XML 1.0 has no way to write other control characters, nor halves of surrogate pairs. */
const escapeXml = (text: string) =>
  text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

const attribute = (type: string, key: string, value: string) =>
  `<${type} key="${key}" value="${escapeXml(value)}"/>`;

const extensions = [
  ["Concept", "concept"],
  ["Time", "time"],
  ["Lifecycle", "lifecycle"],
  ["Organizational", "org"],
].map(([name, prefix]) =>
  `<extension name="${name}" prefix="${prefix}" uri="http://www.xes-standard.org/${prefix}.xesext"/>`
).join("\n");

const xes: Writer = {
  // The schema of the standard wants its number and year as a decimal.
  head: `<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="" xmlns="http://www.xes-standard.org/">
${extensions}
<global scope="trace">${attribute("string", "concept:name", "")}</global>
<global scope="event">${attribute("string", "concept:name", "")}${
    attribute("date", "time:timestamp", "1970-01-01T00:00:00.000Z")
  }${attribute("string", "lifecycle:transition", "complete")}</global>
<classifier name="Activity" keys="concept:name"/>
`,
  caseOf: (lines) => {
    const { caseId, version } = lines[0]!;
    const events = lines.map(({ activity, begunAt, at, role }) =>
      [
        "<event>",
        attribute("string", "concept:name", activity),
        attribute("string", "lifecycle:transition", "complete"),
        attribute("date", "time:timestamp", at.toISOString()),
        attribute("date", "start_timestamp", begunAt.toISOString()),
        role === "" ? "" : attribute("string", "org:role", role),
        "</event>\n",
      ].join("")
    );
    const name = attribute("string", "concept:name", caseId);
    const of = attribute("int", "definition:version", String(version));
    return `<trace>${name}${of}\n${events.join("")}</trace>\n`;
  },
  foot: "</log>\n",
};

/** A cell that begins like a formula is no formula: spreadsheets take what follows a quote as text. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
const csv: Writer = {
  head: "case_id,version,activity,start_timestamp,complete_timestamp,role\r\n",
  caseOf: (lines) =>
    lines.map(({ caseId, version, activity, begunAt, at, role }) =>
      [caseId, String(version), activity, begunAt.toISOString(), at.toISOString(), role]
        .map(cell).join(",") + "\r\n"
    ).join(""),
  foot: "",
};

/** Names of cases that nobody can find again, not even with the next export. */
async function pseudonyms(): Promise<(id: string) => Promise<string>> {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", raw, algorithm, false, ["sign"]);
  return async (id) => {
    const bytes = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(id));
    return new Uint8Array(bytes).toHex().slice(0, 20);
  };
}

async function* textOf(
  { head, caseOf, foot }: Writer,
  { isEmpty, frequent, next }: Pages,
): AsyncGenerator<string, undefined> {
  yield head;
  const nameOf = await pseudonyms();
  let after: string | undefined;
  while (!isEmpty) {
    const { lastId, events } = await next(after, CASES_AT_ONCE);
    for (const [id, all] of Map.groupBy(events, ({ caseId }) => caseId)) {
      const caseId = await nameOf(id);
      yield caseOf(all.map(({ version, activity, begunAt, at, pools }) => ({
        caseId,
        version,
        activity: frequent.has(activity) ? activity : RARE,
        begunAt,
        at,
        role: pools?.join("|") ?? "",
      })));
    }
    if (lastId === undefined) break;
    after = lastId;
  }
  yield foot;
}

/** What is asked for is made while it is fetched: a page at a time, whatever the length. */
export function exportLog(format: ExportFormat, pages: Pages): ReadableStream<Uint8Array> {
  const text = textOf(format === "xes" ? xes : csv, pages);
  return ReadableStream.from(text).pipeThrough(new TextEncoderStream());
}
