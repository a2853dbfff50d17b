/** A letter to a colleague, from facts that stand in the chart. */
import { z } from "zod";
import { claimsOfParagraphs, Paragraph, type Task, text } from "./task.ts";
import { instructionOf, paragraphOf } from "./wording.ts";

const headings = ["reason", "history", "findings", "medication", "allergies", "request"] as const;
const TITLES: Record<typeof headings[number], string> = {
  reason: "Reason for referral",
  history: "History",
  findings: "Findings",
  medication: "Medication",
  allergies: "Allergies",
  request: "Request",
};
const Section = z.strictObject({ heading: z.enum(headings), ...Paragraph.shape });
const Output = z.strictObject({
  subject: text(200),
  sections: z.array(Section).min(1).max(10),
});
type Section = z.output<typeof Section>;

export const referralLetter: Task<z.output<typeof Output>> = {
  name: "referral-letter",
  needs: {
    facts: {
      condition: ["value", "at", "code"],
      procedure: ["at", "code"],
      observation: ["value", "unit", "range", "interpretation", "at"],
      medication: ["dose", "at"],
      allergy: ["value"],
    },
    documents: false,
    instruction: true,
  },
  effect: { kind: "paper", permission: "documents:sign" },
  doses: "as-given",
  isForPatient: false,
  output: Output,
  draft: (material) => {
    const of = (...kinds: string[]) => material.facts.filter(({ kind }) => kinds.includes(kind));
    const under = (
      heading: Section["heading"],
      paragraphs: readonly { text: string; sources: string[] }[],
    ) => paragraphs.map((one) => ({ heading, ...one }));
    const sections = [
      ...under("reason", instructionOf(material)),
      ...under("history", paragraphOf(of("condition", "procedure"), "Known: ")),
      ...under("findings", paragraphOf(of("observation"), "")),
      ...under("medication", paragraphOf(of("medication"), "Taking: ")),
      ...under("allergies", paragraphOf(of("allergy"), "Allergic to: ")),
      ...under("request", [{ text: "Thank you for seeing this patient.", sources: [] }]),
    ];
    const first = of("condition")[0];
    return {
      subject: first === undefined ? "Referral" : `Referral: ${first.name}`.slice(0, 200),
      sections,
    };
  },
  render: ({ subject, sections }) => ({
    title: subject,
    text: sections.map(({ heading, text }) => `${TITLES[heading]}\n${text}`).join("\n\n"),
  }),
  claimsOf: ({ subject, sections }) => {
    const claims = claimsOfParagraphs(sections, "/sections");
    return { ...claims, texts: [{ text: subject, pointer: "/subject" }, ...claims.texts] };
  },
};
