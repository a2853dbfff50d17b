/** Where tesseract is, what it may take, and what its answer says. */

/** As Debian's packages tesseract-ocr and util-linux put them. */
export const TESSERACT = "/usr/bin/tesseract";
export const PRLIMIT = "/usr/bin/prlimit";

/** Address space of one run: a page of 2,600 pixels takes about a third of it. */
export const RECOGNIZER_MEMORY_MIB = 1_024;
/** Of the processor, and of the clock. */
export const PAGE_SECONDS_MAX = 20;
/** All pages of a file: those that are not reached stay unread, and the document says so. */
export const FILE_MS_MAX = 45_000;

/** Of a hundred: what is less sure is rather a shadow than a word. */
const CONFIDENCE_MIN = 50;

/** The words of tesseract's table (TSV), line by line. */
export function textOf(table: string | undefined): string | undefined {
  if (table === undefined) return undefined;
  const lines = new Map<string, string[]>();
  for (const row of table.split("\n").slice(1)) {
    const [level, page, block, paragraph, line, , , , , , confidence, word] = row.split("\t");
    if (level !== "5" || !word?.trim() || Number(confidence) < CONFIDENCE_MIN) continue;
    const key = `${page} ${block} ${paragraph} ${line}`;
    lines.set(key, [...lines.get(key) ?? [], word.trim()]);
  }
  return [...lines.values()].map((words) => words.join(" ")).join("\n");
}

/** Those of `wanted` (`eng+deu`) that are `installed`, in the order wanted. */
export const languagesOf = (wanted: string, installed: string): string =>
  wanted.split("+").filter((one) => installed.split(/\s+/).includes(one)).join("+");
