/** How our own rules put facts into words. */
import type { Fact, Material } from "../input.ts";
import { readable } from "../injection.ts";
import type { Paragraph } from "./task.ts";

const LEVELS: Record<NonNullable<Fact["interpretation"]>, string> = {
  low: "below the laboratory's range",
  normal: "within the laboratory's range",
  high: "above the laboratory's range",
  critical: "far outside the laboratory's range",
};

const dayOf = (at: string) => at.slice(0, 10);

/** `Potassium 6.8 mmol/L (range 3.5–5.1), above the laboratory's range, on 2026-01-05`. */
export function wordsOf({ name, value, unit, range, interpretation, dose, at }: Fact): string {
  const measured = [name, value, unit].filter((one) => one !== undefined).join(" ");
  const said = interpretation === undefined ? "" : `, ${LEVELS[interpretation]}`;
  return `${measured}${dose === undefined ? "" : `, ${dose}`}` +
    `${range === undefined ? "" : ` (range ${range})`}${said}` +
    `${at === undefined ? "" : `, on ${dayOf(at)}`}`;
}

export const sentence = (words: string): string => /[.!?]$/.test(words) ? words : `${words}.`;

export const paragraphOf = (facts: readonly Fact[], lead: string): Paragraph[] =>
  facts.length === 0 ? [] : [{
    text: `${lead}${facts.map((fact) => wordsOf(fact)).join("; ")}.`,
    sources: facts.map(({ id }) => id),
  }];

/** The clinician's own words, as they are: nobody else's are repeated. */
export const instructionOf = ({ instruction }: Material): Paragraph[] =>
  instruction === null ? [] : [{ text: sentence(instruction), sources: [] }];

export const passagesOf = (material: Material): { sourceId: string; passage: string }[] =>
  material.documents.flatMap(({ id, text }) =>
    readable(text).passages.map((passage) => ({ sourceId: id, passage }))
  );
