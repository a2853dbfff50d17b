/** What a draft may be made from, and what of it a task needs. */
import { z } from "@hono/zod-openapi";
import type { Term } from "../terminology/model.ts";

const line = (max: number) => z.string().trim().min(1).max(max).regex(/^\P{Cc}*$/u);
const words = (max: number) => z.string().trim().min(1).max(max).regex(/^[^\0]*$/);
/** What drafts cite. It never holds a name: it goes out as it is. */
const SourceId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/).openapi({ example: "k-1" });

export const factKinds = [
  "observation",
  "condition",
  "medication",
  "allergy",
  "procedure",
  "finding",
  "step",
] as const;
export type FactKind = typeof factKinds[number];

export const interpretations = ["low", "normal", "high", "critical"] as const;

const Code = z.strictObject({
  system: z.string().max(200).regex(/^[A-Za-z][\w:./-]*$/),
  code: z.string().max(40).regex(/^[\w.-]+$/),
  display: line(200),
});
export type Code = z.output<typeof Code>;

export const Fact = z.strictObject({
  id: SourceId,
  kind: z.enum(factKinds),
  name: line(200),
  value: line(100).optional(),
  unit: line(40).optional(),
  range: line(100).optional().openapi({ example: "3.5–5.1" }),
  interpretation: z.enum(interpretations).optional(),
  dose: line(200).optional(),
  at: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
  code: Code.optional(),
}).openapi("AssistanceFact");
export type Fact = z.output<typeof Fact>;

export const Source = z.strictObject({
  id: SourceId,
  /** Who has written it: nobody is obeyed. */
  trust: z.enum(["document", "patient"]).default("document"),
  text: words(20_000),
}).openapi("AssistanceDocument");
export type Source = z.output<typeof Source>;

/** Of all documents together: beyond it a draft would cost more than reading them. */
const DOCUMENT_CHARS_MAX = 60_000;

export const Input = z.strictObject({
  facts: z.array(Fact).max(100).default([]),
  documents: z.array(Source).max(10).default([]),
  instruction: words(1_000).optional().openapi({ description: "What the clinician wants said." }),
  names: z.array(line(200)).max(20).default([]).openapi({
    description: "People in the documents, beside the patient: they are taken out as well.",
  }),
}).refine(
  ({ facts, documents }) =>
    new Set([...facts, ...documents].map(({ id }) => id)).size === facts.length + documents.length,
  "Two sources have the same id.",
).refine(
  ({ documents }) =>
    documents.reduce((sum, { text }) => sum + text.length, 0) <= DOCUMENT_CHARS_MAX,
  "The documents are too long together.",
).openapi("AssistanceInput");
export type Input = z.output<typeof Input>;

/** What a task is given of a fact: nothing that it does not need. */
export type Needs = {
  facts: Partial<Record<FactKind, readonly (keyof Fact)[]>>;
  documents: boolean;
  instruction: boolean;
};

export type Material = Pick<Input, "facts" | "documents"> & {
  instruction: string | null;
  /** Codes of the clinic's own that the documents may be about. They leave for nobody. */
  terms?: readonly Term[];
};

/** Input reduced to what the task needs; `leftOut` counts what it was given beyond that. */
export function reduce(
  { facts, documents, instruction }: Input,
  needs: Needs,
): { material: Material; leftOut: number } {
  let leftOut = 0;
  const kept: Fact[] = [];
  for (const fact of facts) {
    const fields = needs.facts[fact.kind];
    if (!fields) {
      leftOut++;
      continue;
    }
    const allowed = new Set<string>(["id", "kind", "name", ...fields]);
    const entries = Object.entries(fact).filter(([name]) => allowed.has(name));
    leftOut += Object.keys(fact).length - entries.length;
    kept.push(Object.fromEntries(entries) as Fact);
  }
  if (!needs.documents) leftOut += documents.length;
  if (!needs.instruction && instruction !== undefined) leftOut++;
  const material = {
    facts: kept,
    documents: needs.documents ? documents : [],
    instruction: needs.instruction ? instruction ?? null : null,
  };
  return { material, leftOut };
}

/** Every text of it through `change`; ids and kinds are ours and stay. */
export function mapTexts(material: Material, change: (text: string) => string): Material {
  const code = ({ system, code, display }: Code): Code => ({
    system,
    code: change(code),
    display: change(display),
  });
  return {
    ...(material.terms === undefined ? {} : { terms: material.terms }),
    facts: material.facts.map((fact) =>
      Object.fromEntries(
        Object.entries(fact).map(([name, value]) => {
          if (name === "id" || name === "kind" || name === "interpretation") return [name, value];
          return [name, typeof value === "string" ? change(value) : code(value as Code)];
        }),
      ) as Fact
    ),
    documents: material.documents.map((one) => ({ ...one, text: change(one.text) })),
    instruction: material.instruction === null ? null : change(material.instruction),
  };
}
