/** Finds dates as people write them, and moves them. */

/** Where a date stands, and the ISO days that it may mean. */
export type WrittenDate = { start: number; end: number; readings: string[] };

const NAMES = [
  "january jan januar janvier janv enero",
  "february feb februar février févr febrero",
  "march mar mär märz maerz mars marzo",
  "april apr avril abril",
  "may mai mayo",
  "june jun juni juin junio",
  "july jul juli juillet juil julio",
  "august aug août agosto",
  "september sept sep septembre septiembre",
  "october oct oktober okt octobre octubre",
  "november nov novembre noviembre",
  "december dec dezember dez décembre déc diciembre",
];
const plain = (word: string) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const MONTHS = new Map(
  NAMES.flatMap((names, n) => names.split(" ").map((name) => [plain(name), n + 1] as const)),
);

const YEARS_PIVOT = 30;

function dayOf(year: number, month: number, day: number): string | undefined {
  const full = year < 100 ? year + (year <= YEARS_PIVOT ? 2000 : 1900) : year;
  if (full < 1850 || full > 2150) return undefined;
  try {
    return Temporal.PlainDate.from({ year: full, month, day }, { overflow: "reject" }).toString();
  } catch {
    return undefined;
  }
}

const monthOf = (word: string) => MONTHS.get(plain(word)) ?? 0;

/** With and without accents, the longest first. */
const WORD = `(?:${
  [...new Set(NAMES.flatMap((names) => names.split(" ")).flatMap((name) => [name, plain(name)]))]
    .sort((a, b) => b.length - a.length).join("|")
})`;
const TH = "(?:st|nd|rd|th|\\.|er)?";

type Shape = { pattern: RegExp; read: (groups: string[]) => (string | undefined)[] };
const n = Number;

/** From the most particular to the least: an earlier one keeps its place in the text. */
const shapes: Shape[] = [
  {
    pattern: /(?<![\d.])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d|[-/]\d)/gu,
    read: ([y, m, d]) => [dayOf(n(y), n(m), n(d))],
  },
  {
    // As HL7 writes them, with or without a time.
    pattern:
      /(?<![\d.,])((?:19|20)\d\d)([01]\d)([0-3]\d)(?=(?:[0-2]\d[0-5]\d(?:[0-5]\d)?)?(?!\d))/gu,
    read: ([y, m, d]) => [dayOf(n(y), n(m), n(d))],
  },
  {
    pattern: new RegExp(
      `(?<!\\d)(\\d{1,2})${TH}[ -]*(?:of )?(${WORD})\\.?[ ,-]*(\\d{4}|\\d{2})(?!\\d)`,
      "giu",
    ),
    read: ([d, m, y]) => [dayOf(n(y), monthOf(m!), n(d))],
  },
  {
    pattern: new RegExp(`(?<!\\p{L})(${WORD})\\.?[ -]*(\\d{1,2})${TH}[ ,-]+(\\d{4})(?!\\d)`, "giu"),
    read: ([m, d, y]) => [dayOf(n(y), monthOf(m!), n(d))],
  },
  {
    // Day or month first: both are kept in mind.
    pattern: /(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d]|[./-]\d)/gu,
    read: ([a, , b, y]) => [dayOf(n(y), n(b), n(a)), dayOf(n(y), n(a), n(b))],
  },
  {
    // A month of a year: its first day stands for it.
    pattern: new RegExp(`(?<!\\p{L})(${WORD})\\.?,? (\\d{4})(?!\\d)`, "giu"),
    read: ([m, y]) => [dayOf(n(y), monthOf(m!), 1)],
  },
];

/** Dates in order, none over another; `readings` are ISO days, the likelier first. */
export function findDates(text: string): WrittenDate[] {
  const found: WrittenDate[] = [];
  for (const { pattern, read } of shapes) {
    for (const match of text.matchAll(pattern)) {
      const readings = [...new Set(read(match.slice(1)).filter((one) => one !== undefined))];
      const [start, end] = [match.index, match.index + match[0].length];
      if (readings.length === 0) continue;
      if (found.some((one) => one.start < end && start < one.end)) continue;
      found.push({ start, end, readings });
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

export const moveDay = (iso: string, days: number): string =>
  Temporal.PlainDate.from(iso).add({ days }).toString();

/** How far a patient's dates are moved: the same for all of them, and nobody else's. */
export async function daysFor(key: string, patientId: string): Promise<number> {
  const bytes = new TextEncoder().encode(`${key}\0${patientId}`);
  const hash = new DataView(await crypto.subtle.digest("SHA-256", bytes));
  // Into the past, by a month to a year: a date of the future would look like a plan.
  return -(30 + hash.getUint32(0) % 336);
}
