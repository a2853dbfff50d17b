/** Finds what is known of a patient, however it is written. */
import { fold, type Folded, variantsOf } from "./folding.ts";
import type { Known, Span, SpanKind } from "./patient.ts";

/** From this length a term is found within words and across gaps, too. */
const DENSE_CHARS = 6;
/** Two letters are a name only where they are written like one. */
const SHORT_CHARS = 3;
/** A number is the same with any country code before it. */
const PHONE_DIGITS = 8;

function* occurrences(text: string, term: string): Generator<number> {
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) yield at;
}

const spanOf = ({ starts, ends }: Folded, at: number, length: number, kind: SpanKind): Span => ({
  start: starts[at]!,
  end: ends[at + length - 1]!,
  kind,
});

const isBoundary = (char: string | undefined) => char === undefined || char === " ";

/** Digits of a phone number from its end, which is what all ways to write it share. */
function phoneTail(text: string): string {
  const digits = text.replace(/\D/g, "").replace(/^0+/, "");
  return digits.length > PHONE_DIGITS ? digits.slice(-PHONE_DIGITS) : digits;
}

function wordsOf(text: string, words: Folded, { kind, text: term }: Known): Span[] {
  const found: Span[] = [];
  for (const variant of variantsOf(term, " ")) {
    for (const at of occurrences(words.text, variant)) {
      const [before, after] = [words.text[at - 1], words.text[at + variant.length]];
      if (!isBoundary(before) || !isBoundary(after)) continue;
      const span = spanOf(words, at, variant.length, kind);
      if (variant.length < SHORT_CHARS) {
        // One letter or digit gives nobody away, and would take every second word.
        if (variant.length < 2 || !/^\p{Lu}/u.test(text.slice(span.start))) continue;
      }
      found.push(span);
    }
  }
  return found;
}

function denseOf(dense: Folded, { kind, text: term }: Known): Span[] {
  const variants = kind === "PHONE" ? [phoneTail(term)] : variantsOf(term, "");
  return variants.filter((one) => one.length >= DENSE_CHARS).flatMap((variant) =>
    [...occurrences(dense.text, variant)]
      .map((at) => spanOf(dense, at, variant.length, kind))
  );
}

export function findKnown(text: string, known: readonly Known[]): Span[] {
  const [words, dense] = [fold(text, " "), fold(text, "")];
  return known.flatMap((one) => [...wordsOf(text, words, one), ...denseOf(dense, one)]);
}
