/**
 * Words: how text is cut into them, folded and counted. The index, the query and the highlight use
 * the same rules. Postgres's own parser is not asked: it takes `nausea/vomiting` and `report.pdf`
 * for one word each, and what it lower-cases depends on the database's locale.
 */

/** Letters, digits and their marks; soft hyphens and joiners stay inside a word. */
const WORD = /[\p{L}\p{N}\p{M}\u00ad\u200b-\u200d]+/gu;
const NOT_WORD = /[^\p{L}\p{N}\p{M}]+/gu;
/** Scripts written without spaces: each character with its marks is a word, a run of them a phrase. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*/u;
const UNSPACED_PARTS = new RegExp(`(${UNSPACED.source})`, "u");
const PLAIN = /^[a-z0-9]+$/;
/** Letters that Unicode does not take apart but people do. */
const LETTERS: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ı: "i",
  ŋ: "n",
  ς: "σ",
};
const TERM_CHARS_MAX = 100;

export type Word = { term: string; start: number; end: number };

/** `Müller` and `MULLER` are one word, as are `ﬁ` and `fi`. */
export function fold(word: string): string {
  if (PLAIN.test(word)) return word;
  return word.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/[\u0300-\u036f]/g, "").replace(/[ßæœøđðþłħıŋς]/g, (letter) => LETTERS[letter]!)
    .replace(NOT_WORD, "").normalize("NFC");
}

/** Of scripts without spaces each character is a word, and a long text has them by the million. */
const characters = new Map<string, string>();
const CHARACTERS_MAX = 20_000;

function termOf(part: string): string {
  const known = characters.get(part);
  if (known !== undefined) return known;
  const term = fold(part).slice(0, TERM_CHARS_MAX);
  if (part.length <= 2 && characters.size < CHARACTERS_MAX) characters.set(part, term);
  return term;
}

/** The words of `text` in order; `start` and `end` are places in it. */
export function* wordsOf(text: string): Generator<Word> {
  for (const { 0: found, index } of text.matchAll(WORD)) {
    if (!UNSPACED.test(found)) {
      const term = fold(found).slice(0, TERM_CHARS_MAX);
      if (term !== "") yield { term, start: index, end: index + found.length };
      continue;
    }
    let at = index;
    for (const part of found.split(UNSPACED_PARTS)) {
      const term = termOf(part);
      if (term !== "") yield { term, start: at, end: at + part.length };
      at += part.length;
    }
  }
}

/** Postgres clamps positions here, and keeps so many per word. */
const POSITION_MAX = 16_383;
const POSITIONS_MAX = 255;
/** Under Postgres's megabyte, with room for title and file name. */
const VECTOR_BYTES_MAX = 1_000_000;
/** So short that even the commonest word keeps nearly all its positions. */
const WINDOW_WORDS = 4_000;
/** Each window begins a little before the last one's end, so that no phrase falls between. */
const OVERLAP_WORDS = 20;

/** A tsvector as Postgres reads it: `'fever':1,7 'cough':2`. Terms hold no quotes. */
export function vectorOf(terms: readonly string[]): string {
  const positions = new Map<string, number[]>();
  let bytes = 0;
  terms.forEach((term, index) => {
    let list = positions.get(term);
    // The lexeme in UTF-8, its count, its padding, and two bytes for each position.
    const cost = list ? 2 : utf8Length(term) + 6;
    if (bytes + cost > VECTOR_BYTES_MAX) return;
    if (!list) positions.set(term, list = []);
    const position = Math.min(index + 1, POSITION_MAX);
    if (list.length >= POSITIONS_MAX || list.at(-1) === position) return;
    list.push(position);
    bytes += cost;
  });
  return [...positions].map(([term, list]) => `'${term}':${list.join(",")}`).join(" ");
}

function utf8Length(text: string): number {
  let length = 0;
  for (let at = 0; at < text.length; at++) length += text.charCodeAt(at) < 0x80 ? 1 : 3;
  return length;
}

/**
 * The vectors of a text: the first has every word, for queries that want several; a long text's
 * further ones are windows with true positions, for phrases.
 */
export function vectorsOf(text: string): string[] {
  const terms: string[] = [];
  for (const { term } of wordsOf(text)) terms.push(term);
  const vectors = [vectorOf(terms)];
  if (terms.length <= WINDOW_WORDS) return vectors;
  for (let at = 0; at < terms.length; at += WINDOW_WORDS) {
    vectors.push(vectorOf(terms.slice(Math.max(0, at - OVERLAP_WORDS), at + WINDOW_WORDS)));
  }
  return vectors;
}

export const vectorOfText = (text: string) => vectorOf([...wordsOf(text)].map(({ term }) => term));

const LEARNED_MAX = 5_000;

/** The words of a vector that someone may misspell: letters only, neither short nor endless. */
export function learnableIn(vector: string): string[] {
  const found: string[] = [];
  for (const [, term] of vector.matchAll(/'([^']+)':/g)) {
    if (/^\p{L}{4,40}$/u.test(term!)) found.push(term!);
    if (found.length === LEARNED_MAX) break;
  }
  return found;
}
