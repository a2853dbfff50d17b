/** The steps of a pathway as a protocol's text has them, each with the words that it comes from. */
import { z } from "zod";
import { quantitiesOf } from "../grounding/numbers.ts";
import { noClaims, sourceId, type Task, text } from "./task.ts";
import { passagesOf } from "./wording.ts";

const units = ["d", "wk", "mo"] as const;
const stepId = z.string().regex(/^[a-z][a-z0-9-]{0,40}$/);
const Step = z.strictObject({
  id: stepId,
  title: text(200),
  after: stepId.nullable(),
  offset: z.strictObject({ value: z.int().min(0).max(520), unit: z.enum(units) }).nullable(),
  sourceId,
  quote: text(500),
});
type Step = z.output<typeof Step>;
export const PathwayOutput = z.strictObject({
  title: text(120),
  steps: z.array(Step).min(1).max(40),
}).refine(({ steps }) => {
  const before = new Set<string>();
  return steps.every(({ id, after }) => {
    const isFit = !before.has(id) && (after === null || before.has(after));
    before.add(id);
    return isFit;
  });
}, "A step follows one that stands before it, and has a name of its own.");
export type PathwayOutput = z.output<typeof PathwayOutput>;

const BULLET = /^(?:[-*•–]|\d{1,2}[.)])\s+(?=\S)/;
const OFFSET = /\b(?:after|within|in|at|by|every)?\s*(\d{1,3})[\s-]*(day|week|month)s?\b/i;
const UNITS: Record<string, Step["offset"] & object extends { unit: infer U } ? U : never> = {
  day: "d",
  week: "wk",
  month: "mo",
};

const slug = (words: string, n: number) =>
  `step-${n}-${words.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-")}`
    .slice(0, 40).replace(/-+$/, "");

export const pathwayProposal: Task<PathwayOutput> = {
  name: "pathway-proposal",
  needs: { facts: {}, documents: true, instruction: true },
  effect: { kind: "definition-draft", permission: "workflows:author" },
  doses: "as-given",
  isForPatient: false,
  output: PathwayOutput,
  draft: (material) => {
    const passages = passagesOf(material);
    const listed = passages.filter(({ passage }) => BULLET.test(passage));
    const steps: Step[] = [];
    for (const { sourceId, passage } of (listed.length > 0 ? listed : passages).slice(0, 40)) {
      const title = passage.replace(BULLET, "").replace(/[.;]$/, "").slice(0, 200).trim();
      if (title === "") continue;
      const [, value, unit] = OFFSET.exec(title) ?? [];
      const after = steps.at(-1)?.id ?? null;
      steps.push({
        id: slug(title, steps.length + 1),
        title,
        after,
        offset: value === undefined || after === null
          ? null
          : { value: Number(value), unit: UNITS[unit!.toLowerCase()]! },
        sourceId,
        quote: passage.slice(0, 500).trim(),
      });
    }
    const title = (material.instruction ?? "Pathway").slice(0, 120).trim();
    return { title, steps };
  },
  check: ({ steps }) =>
    steps.flatMap(({ offset, quote }, n) => {
      if (offset === null) return [];
      const words = { d: "day", wk: "week", mo: "month" }[offset.unit];
      const isStated = quantitiesOf(quote).some(({ value, unit }) =>
        value === String(offset.value) && unit === words
      );
      const detail = `The quote does not say ${offset.value} ${words}s.`;
      return isStated ? [] : [{ pointer: `/steps/${n}/offset`, detail }];
    }),
  render: ({ title, steps }) => ({
    title,
    text: steps.map(({ title, offset }) =>
      offset === null ? title : `${title} (${offset.value} ${offset.unit})`
    ).join("\n"),
  }),
  claimsOf: ({ title, steps }) => ({
    ...noClaims,
    texts: [
      { text: title, pointer: "/title" },
      ...steps.flatMap(({ title, offset }, n) => [
        { text: title, pointer: `/steps/${n}/title` },
        ...(offset === null ? [] : [{ text: `${offset.value}`, pointer: `/steps/${n}/offset` }]),
      ]),
    ],
    sources: steps.map(({ sourceId: id }, n) => ({ id, pointer: `/steps/${n}/sourceId` })),
    quotes: steps.map(({ sourceId, quote }, n) => ({
      sourceId,
      quote,
      pointer: `/steps/${n}/quote`,
    })),
  }),
};
