/** Entries for the problem list that a note states, each with the words that it comes from. */
import { z } from "zod";
import type { Code, Material } from "../input.ts";
import { findCode, lexicon } from "./lexicon.ts";
import { noClaims, sourceId, type Task, text } from "./task.ts";
import { passagesOf } from "./wording.ts";

const statuses = ["active", "resolved"] as const;
const Candidate = z.strictObject({
  system: text(200),
  code: text(40),
  display: text(200),
  status: z.enum(statuses),
  sourceId,
  quote: text(500),
});
type Candidate = z.output<typeof Candidate>;
const Output = z.strictObject({ candidates: z.array(Candidate).max(30) });

/** What turns a mention into none: before it, within the same clause. */
const NOT =
  /\b(?:no|not|without|denies|denied|negative for|ruled out|rule out|exclude[sd]?|unlikely|absence of|free of|family history of|father|mother|brother|sister|if|risk of|screening for|possible|suspected|query|kein\w*|ohne)\b[^,.;:]*$/i;
const OVER = /\b(?:resolved|history of|previous|past|former|in remission)\b[^,.;:]*$/i;
const OVER_AFTER = /^[^,.;:]{0,20}\b(?:resolved|in remission)\b/i;
const NOT_AFTER = /^[^,.;:]{0,20}\b(?:ruled out|excluded|unlikely|was negative|not present)\b/i;

/** No clause of a note is longer; without an end a text without points takes for ever. */
const CLAUSE_CHARS = 200;

const escaped = (words: string) => words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const find = (words: string, passage: string) =>
  new RegExp(`(?<![\\p{L}\\d-])${escaped(words)}(?![\\p{L}\\d-])`, "iu").exec(passage);

/** What a passage says about what is mentioned at `at`: that it is, that it was, or neither. */
function statusAt(passage: string, at: number, length: number): Candidate["status"] | undefined {
  const [before, after] = [
    passage.slice(Math.max(0, at - CLAUSE_CHARS), at),
    passage.slice(at + length, at + length + CLAUSE_CHARS),
  ];
  if (NOT.test(before) || NOT_AFTER.test(after)) return undefined;
  return OVER.test(before) || OVER_AFTER.test(after) ? "resolved" : "active";
}

type Term = Code & { words: string };

/** The longest first: `iron deficiency anemia` is not `anemia` as well. */
function termsFor({ facts, terms = [] }: Material): Term[] {
  const own: Term[] = facts.flatMap(({ code, name }) =>
    code === undefined ? [] : [{ ...code, words: name.toLowerCase() }]
  );
  const shared = [...terms, ...lexicon].flatMap(({ words, system, code, display }) =>
    words.map((one): Term => ({ system, code, display, words: one }))
  );
  return [...own, ...shared].sort((a, b) => b.words.length - a.words.length);
}

function candidatesOf(material: Material): Candidate[] {
  const terms = termsFor(material);
  const found = new Map<string, Candidate>();
  for (const { sourceId, passage } of passagesOf(material)) {
    let left = passage;
    for (const { words, ...code } of terms) {
      const match = find(words, left);
      if (!match) continue;
      const [end, length] = [match.index + match[0].length, match[0].length];
      left = left.slice(0, match.index) + " ".repeat(length) + left.slice(end);
      const status = statusAt(passage, match.index, length);
      if (status === undefined) continue;
      const name = `${code.system} ${code.code}`;
      if (found.has(name)) continue;
      const quote = passage.slice(0, 500);
      found.set(name, { ...code, status, sourceId, quote });
    }
  }
  return [...found.values()].slice(0, 30);
}

export const problemCandidates: Task<z.output<typeof Output>> = {
  name: "problem-candidates",
  needs: { facts: { condition: ["code"] }, documents: true, instruction: false },
  effect: { kind: "paper", permission: "documents:write" },
  doses: "as-given",
  isForPatient: false,
  output: Output,
  draft: (material) => ({ candidates: candidatesOf(material) }),
  check: ({ candidates }, { facts, terms }) =>
    candidates.flatMap(({ system, code, display, quote }, n) => {
      const entry = findCode(system, code, terms);
      const own = facts.filter((one) => one.code?.code === code).map(({ name }) => name);
      const words = [display, ...entry?.words ?? [], ...own];
      const isStated = words.some((one) => {
        const match = find(one, quote);
        return match !== null && statusAt(quote, match.index, match[0].length) !== undefined;
      });
      const detail = `The quote does not state “${display}”.`;
      return isStated ? [] : [{ pointer: `/candidates/${n}/quote`, detail }];
    }),
  render: ({ candidates }) => ({
    title: "Problems, confirmed from notes",
    text: candidates.map(({ code, display, status, quote }) =>
      `${code} ${display} (${status})\n“${quote}”`
    ).join("\n\n"),
  }),
  claimsOf: ({ candidates }) => ({
    ...noClaims,
    sources: candidates.map(({ sourceId: id }, n) => ({
      id,
      pointer: `/candidates/${n}/sourceId`,
    })),
    codes: candidates.map(({ system, code, display }, n) => ({
      system,
      code,
      display,
      pointer: `/candidates/${n}/code`,
    })),
    quotes: candidates.map(({ sourceId, quote }, n) => ({
      sourceId,
      quote,
      pointer: `/candidates/${n}/quote`,
    })),
  }),
};
