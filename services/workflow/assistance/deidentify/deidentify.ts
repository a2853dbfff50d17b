/** Takes out who somebody is, before anything leaves, and puts it back into what returns. */
import { findDates, moveDay } from "./dates.ts";
import { findKnown } from "./known.ts";
import type { Known, Span, SpanKind } from "./patient.ts";
import { findPatterns } from "./patterns.ts";

export { daysFor } from "./dates.ts";
export { type Known, KnownPatient, termsOf } from "./patient.ts";

type Options = {
  known: readonly Known[];
  /** An ISO day, or nothing. */
  birthDate: string | null;
  /** By which every date is moved. */
  days: number;
};

export type Deidentifier = {
  /** The text as it may leave. */
  hide(text: string): string;
  /** The text as it was meant; undefined when it holds what nobody has hidden. */
  restore(text: string): string | undefined;
  /** Whether anything known is still to be seen. */
  isClean(text: string): boolean;
  /** How much was hidden, by kind. */
  counts(): Record<string, number>;
};

const TOKEN = new RegExp("\\[(?:PERSON|PLACE|PHONE|EMAIL|ID|BIRTH_DATE|AGE|URL)_\\d+\\]", "g");

/** The longest first: a name within an address is a part of the address. */
function withoutOverlaps(spans: Span[]): Span[] {
  const taken: Span[] = [];
  for (const span of spans.sort((a, b) => b.end - b.start - (a.end - a.start))) {
    const over = taken.find((one) => one.start < span.end && span.start < one.end);
    if (!over) taken.push({ ...span });
    else {
      // What stands out at either side is hidden as well.
      over.start = Math.min(over.start, span.start);
      over.end = Math.max(over.end, span.end);
    }
  }
  const sorted = taken.sort((a, b) => a.start - b.start);
  return sorted.reduce<Span[]>((kept, span) => {
    const last = kept.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else kept.push(span);
    return kept;
  }, []);
}

export function createDeidentifier({ known, birthDate, days }: Options): Deidentifier {
  const tokens = new Map<string, string>();
  const surfaces = new Map<string, string>();
  const dates = new Map<string, string>();
  const counts: Record<string, number> = {};

  function tokenFor(kind: SpanKind, surface: string): string {
    const name = `${kind} ${surface.normalize("NFKC").toLowerCase()}`;
    const own = tokens.get(name) ?? `[${kind}_${tokens.size + 1}]`;
    tokens.set(name, own);
    if (!surfaces.has(own)) surfaces.set(own, surface);
    return own;
  }

  const spansOf = (text: string): Span[] => {
    const born: Span[] = findDates(text).filter(({ readings }) =>
      birthDate !== null && readings.includes(birthDate)
    ).map(({ start, end }) => ({ start, end, kind: "BIRTH_DATE" }));
    const year = birthDate?.slice(0, 4);
    const bornIn = year === undefined ? [] : [
      ...text.matchAll(
        new RegExp(`(?<=\\b(?:born|birth|dob|geb|né|née)\\P{Nd}{0,24})${year}`, "giu"),
      ),
    ].map((match): Span => ({
      start: match.index,
      end: match.index + match[0].length,
      kind: "BIRTH_DATE",
    }));
    return [...findKnown(text, known), ...born, ...bornIn];
  };

  return {
    hide(given) {
      // What looks like one of ours and is not must not be taken for it on the way back.
      const text = given.replace(/\[([A-Z_]+)_(\d+)\]/g, "($1 $2)");
      const written = findDates(text);
      const isDate = ({ start, end }: Span) =>
        written.some((one) => one.start < end && start < one.end);
      const spans = withoutOverlaps([
        ...spansOf(text),
        // A date is no telephone number.
        ...findPatterns(text).filter((span) => !isDate(span)),
      ]);
      const isHidden = (at: { start: number; end: number }) =>
        spans.some((one) => one.start < at.end && at.start < one.end);
      const moved: Span[] = written.filter((one) => !isHidden(one))
        .map(({ start, end }) => ({ start, end, kind: "DATE" }));
      let out = "";
      let from = 0;
      for (const { start, end, kind } of [...spans, ...moved].sort((a, b) => a.start - b.start)) {
        const surface = text.slice(start, end);
        counts[kind] = (counts[kind] ?? 0) + 1;
        let instead: string;
        if (kind === "DATE") {
          instead = moveDay(written.find((one) => one.start === start)!.readings[0]!, days);
          if (!dates.has(instead)) dates.set(instead, surface);
        } else instead = tokenFor(kind, surface);
        out += text.slice(from, start) + instead;
        from = end;
      }
      return out + text.slice(from);
    },

    restore(text) {
      let isKnown = true;
      let out = "";
      let from = 0;
      for (const { start, end, readings } of findDates(text)) {
        const day = readings.find((one) => dates.has(one));
        if (day === undefined) isKnown = false;
        out += text.slice(from, start) + (day === undefined ? "" : dates.get(day));
        from = end;
      }
      const dated = out + text.slice(from);
      const named = dated.replace(TOKEN, (token) => {
        const surface = surfaces.get(token);
        if (surface === undefined) isKnown = false;
        return surface ?? token;
      });
      // Something in the shape of ours that is none of ours.
      if (/\[[A-Z_]+_\d+\]/.test(named.replace(/\s/g, ""))) isKnown = false;
      return isKnown ? named : undefined;
    },

    isClean: (text) => spansOf(text.replace(TOKEN, " | ")).length === 0,
    counts: () => ({ ...counts }),
  };
}
