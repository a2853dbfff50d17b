/** Compares how people's names are written: accents, case, particles and missing parts. */
import { fold } from "../indexing/model.ts";

/** `part`: all that the shorter says stands in the longer as well, which says more. */
export type NameComparison = "same" | "part" | "different" | "unknown";

/** What stands before many a family name, and tells nobody from anybody. */
const PARTICLES = new Set(
  ("aan ab abd abu af al am an ap at av bar ben bin bint da dal das de degli dei del della den der " +
    "des di do dos du e el fitz ibn in la las le les lo los mac mc ni op san santa st 't te ten ter " +
    "the til tot und van vande vanden vander ver vom von vor y zu zum zur").split(" "),
);
/** Written with one letter or two, as far as a sender's charset goes. */
const PAIRS: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue", å: "aa", ø: "oe" };
/** A letter that is followed by others in full. Scripts that write a syllable or more are no such. */
const INITIAL = /^[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]$/u;

/** A word of a name, in every way it may be written. */
type Word = readonly string[];

const wordOf = (text: string): Word => {
  const pairs = text.normalize("NFC").toLowerCase().replace(/[äöüåø]/g, (one) => PAIRS[one]!);
  return [...new Set([fold(text), fold(pairs)])];
};
const isAlike = (one: Word, other: Word) => one.some((form) => other.includes(form));
const isSaying = ([form]: Word) => !PARTICLES.has(form!) && !INITIAL.test(form!);

/** What is longer is no name, and would be compared word by word. */
const NAME_CHARS_MAX = 400;
const WORDS_MAX = 20;

const wordsOf = (name: string): Word[] =>
  (name.slice(0, NAME_CHARS_MAX).match(/[\p{L}\p{N}\p{M}]+/gu) ?? []).slice(0, WORDS_MAX)
    .map(wordOf).filter(([form]) => form !== "");

/** Does `name` hold any word at all? */
export const isNamed = (name: string | undefined): boolean => wordsOf(name ?? "").length > 0;

/** Does `name` hold a word that is more than a letter and its dot? */
export const isSpelledOut = (name: string | undefined): boolean =>
  wordsOf(name ?? "").some(([form]) => !INITIAL.test(form!));

const isWithin = (few: readonly Word[], many: readonly Word[]) =>
  few.every((word) => many.some((other) => isAlike(word, other)));

/** `O'Brien` and `OBRIEN`, `Al-Hassan` and `Alhassan`. */
const joined = (name: string) =>
  wordOf(name.slice(0, NAME_CHARS_MAX).replace(/[^\p{L}\p{N}\p{M}]+/gu, ""));

/** Every word of either begins like one of the other's: `J` and `John`. */
const isAbbreviated = (one: readonly Word[], other: readonly Word[]) =>
  one.every(([form]) => other.some(([longer]) => longer!.startsWith(form!)));

/**
 * `one` against `other`. Particles and initials count only where a name holds nothing else; the
 * order of words does not. An initial that fits is `unknown`: many names begin like it.
 */
export function compareNames(one: string | undefined, other: string | undefined): NameComparison {
  const [all, others] = [wordsOf(one ?? ""), wordsOf(other ?? "")];
  if (all.length === 0 || others.length === 0) return "unknown";
  if (isAlike(joined(one!), joined(other!))) return "same";
  const [few, many] = [all.filter(isSaying), others.filter(isSaying)];
  if (few.length > 0 && many.length > 0) return compareWords(few, many);
  const compared = compareWords(all, others);
  const [initials, words] = few.length === 0 ? [all, others] : [others, all];
  const isShort = initials.every(([form]) => INITIAL.test(form!)) && isAbbreviated(initials, words);
  return compared === "different" && isShort ? "unknown" : compared;
}

function compareWords(few: readonly Word[], many: readonly Word[]): NameComparison {
  const [isFirstWithin, isOtherWithin] = [isWithin(few, many), isWithin(many, few)];
  if (isFirstWithin && isOtherWithin) return "same";
  return isFirstWithin || isOtherWithin ? "part" : "different";
}
