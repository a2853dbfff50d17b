/** What a search is: its query, compiled, and the places in a text that it found. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";
import { Document, DocumentFilter } from "../documents/model.ts";
import { type Word, wordsOf } from "../indexing/model.ts";

export const QUERY_CHARS_MAX = 500;
/** Only so many of the newest matches are ranked: that keeps common words as fast as rare ones. */
export const RANKED_MAX = 500;
/** A search looks for highlights in so much of a text. */
export const HIGHLIGHT_CHARS_MAX = 64 * 1024;

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

export const SearchQuery = PageQuery.extend({
  ...DocumentFilter.shape,
  q: z.string().max(QUERY_CHARS_MAX).default("").openapi({
    description: 'Words; "a phrase"; -without; one or another. The last word may be unfinished.',
  }),
  from: moment.optional().openapi({ description: "Filed at or after this time or day (UTC)." }),
  to: moment.optional().openapi({ description: "Filed at or before this time or day (UTC)." }),
});
export type SearchQuery = z.infer<typeof SearchQuery>;

const counts = z.record(z.string(), z.number().int());
export const facetsSchema = z.object({ kind: counts, category: counts, month: counts });
export type Facets = z.infer<typeof facetsSchema>;

export const SearchPage = Page(
  z.object({
    document: Document,
    rank: z.number(),
    highlights: z.array(z.string()).openapi({
      description: "Safe HTML: text is escaped, and <mark> stands around what was found.",
    }),
  }).openapi("SearchResult"),
).extend({
  facets: facetsSchema.openapi({
    description: "How many of the newest 500 matches are of each kind, category and month (UTC).",
  }),
  suggestion: z.string().nullable().openapi({
    description: "When nothing was found: the same search with words that are there.",
  }),
}).openapi("SearchPage");
export type SearchPage = z.infer<typeof SearchPage>;

/** The end of a day when only a day is given. */
export const endOf = (to: string) => to.includes("T") ? to : `${to}T23:59:59.999Z`;

/** What is looked for in one place: a word, or several that follow each other. */
type Leaf = { words: string[]; isWithout: boolean };

/** Tsqueries as Postgres reads them (migration 0070), and what a highlight looks for. */
export type Compiled = {
  /** The whole question, for a document whose text stands in one vector. */
  query: string;
  /** What any match has among all its words: `query`, its phrases taken apart. Null: anything. */
  words: string | null;
  /** The words and phrases of `query`, for a text that stands in windows… */
  leaves: string[];
  /** …and how it joins them, each by its number, from 1. */
  condition: string;
  /** Words that stand close together somewhere in any match. Null: nothing is known of it. */
  nearby: string | null;
  terms: ReadonlySet<string>;
  prefix: string | undefined;
};

const TOKEN = /(-?)(?:"([^"]*)"?|(\S+))/g;
/** So many words surely stand in one window: each begins so far before the last one's end. */
const LEAF_WORDS_MAX = 20;

/** Undefined when `q` holds no word. Never throws: whatever is typed means something or nothing. */
export function compile(q: string): Compiled | undefined {
  const terms = new Set<string>();
  let prefix: string | undefined;
  const alternatives: Leaf[][] = [[]];
  const tokens = [...q.matchAll(TOKEN)];
  tokens.forEach(([, minus, phrase, plain], index) => {
    if (plain !== undefined && /^or$/i.test(plain) && !minus) {
      if (alternatives.at(-1)!.length > 0) alternatives.push([]);
      return;
    }
    const found = [...wordsOf(phrase ?? plain ?? "")].map(({ term }) => term);
    if (found.length === 0) return;
    const last = found.at(-1)!;
    const unfinished = index === tokens.length - 1 && plain !== undefined && !minus &&
      last.length > 1 && /[\p{L}\p{N}]$/u.test(q);
    const words = found.map((term, at) =>
      `'${term}'${unfinished && at === found.length - 1 ? ":*" : ""}`
    );
    alternatives.at(-1)!.push({ words, isWithout: minus === "-" });
    if (!minus) {
      for (const term of found) terms.add(term);
      if (unfinished) prefix = last;
    }
  });
  const given = alternatives.filter((all) => all.length > 0);
  if (given.length === 0) return undefined;
  const leaves: string[] = [];
  return {
    query: join(given, ({ words }) => follow(words))!,
    words: join(given, ({ words, isWithout }) =>
      // A document without the phrase may well have its words.
      isWithout && words.length > 1 ? undefined : words.join(" & ")),
    condition: join(given, ({ words }) => numbers(words, leaves))!,
    leaves,
    nearby: nearbyIn(given),
    terms,
    prefix,
  };
}

const follow = (words: readonly string[]) =>
  words.length > 1 ? `(${words.join(" <-> ")})` : words[0]!;

/** Adds `words` to `leaves`, a long phrase as several that overlap. */
function numbers(words: readonly string[], leaves: string[]): string {
  const own: number[] = [];
  for (let at = 0; at === 0 || at + LEAF_WORDS_MAX / 2 < words.length; at += LEAF_WORDS_MAX / 2) {
    own.push(leaves.push(follow(words.slice(at, at + LEAF_WORDS_MAX))));
  }
  return own.length > 1 ? `(${own.join(" & ")})` : `${own[0]}`;
}

/** The words of one phrase that each alternative asks for; null when one asks for none. */
function nearbyIn(alternatives: readonly Leaf[][]): string | null {
  const phrases = alternatives.map((leaves) =>
    leaves.find(({ words, isWithout }) => words.length > 1 && !isWithout)?.words
  );
  return phrases.includes(undefined)
    ? null
    : phrases.map((words) => `(${words!.slice(0, LEAF_WORDS_MAX).join(" & ")})`).join(" | ");
}

/** One tsquery of all alternatives; null when one of them asks nothing. */
function join(
  alternatives: readonly Leaf[][],
  expressionOf: (leaf: Leaf) => string | undefined,
): string | null {
  const joined = alternatives.map((leaves) =>
    leaves.flatMap((leaf) => {
      const expression = expressionOf(leaf);
      return expression === undefined ? [] : `${leaf.isWithout ? "!" : ""}${expression}`;
    }).join(" & ")
  );
  return joined.includes("") ? null : joined.map((all) => `(${all})`).join(" | ");
}

const HIGHLIGHTS_MAX = 3;
const CONTEXT_CHARS = 80;

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** Up to three passages of `text` around what `compiled` looks for. */
export function highlight(text: string, { terms, prefix }: Compiled): string[] {
  const hits: Word[] = [];
  for (const word of wordsOf(text.slice(0, HIGHLIGHT_CHARS_MAX))) {
    if (terms.has(word.term) || (prefix !== undefined && word.term.startsWith(prefix))) {
      hits.push(word);
    }
  }
  const passages: string[] = [];
  for (let at = 0; at < hits.length && passages.length < HIGHLIGHTS_MAX;) {
    const first = hits[at]!;
    const start = startOf(text, first.start - CONTEXT_CHARS);
    const inside: Word[] = [];
    while (at < hits.length && hits[at]!.end <= first.end + CONTEXT_CHARS) inside.push(hits[at++]!);
    const end = endOfPassage(text, inside.at(-1)!.end + CONTEXT_CHARS / 2);
    passages.push(mark(text, start, end, inside));
  }
  return passages;
}

/** Moves a cut to the next space, if one is near, so that words stay whole. */
function startOf(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = text.slice(at, at + CONTEXT_CHARS / 2).search(/\s/);
  return space === -1 ? at : at + space + 1;
}

function endOfPassage(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.slice(at, at + CONTEXT_CHARS / 2).search(/\s/);
  return space === -1 ? at : at + space;
}

function mark(text: string, start: number, end: number, words: Word[]): string {
  const line = (from: number, to: number) =>
    escapeHtml(text.slice(from, to).toWellFormed().replace(/\s+/g, " "));
  let out = start > 0 ? "… " : "";
  let at = start;
  for (const word of words) {
    out += `${line(at, word.start)}<mark>${line(word.start, word.end)}</mark>`;
    at = word.end;
  }
  return `${out}${line(at, end)}${end < text.length ? " …" : ""}`.trim();
}

/** `q` with its unknown words replaced; undefined when no word was. */
export function respell(q: string, nearest: ReadonlyMap<string, string>): string | undefined {
  let isChanged = false;
  let at = 0;
  let out = "";
  for (const { term, start, end } of wordsOf(q)) {
    const better = nearest.get(term);
    if (better === undefined) continue;
    out += q.slice(at, start) + better;
    at = end;
    isChanged = true;
  }
  return isChanged ? out + q.slice(at) : undefined;
}
