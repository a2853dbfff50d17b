/** What a patient is told about a result that a clinician has judged. */
import { z } from "zod";
import { claimsOfParagraphs, Paragraph, type Task, text } from "./task.ts";
import { instructionOf, sentence, wordsOf } from "./wording.ts";

const Output = z.strictObject({
  subject: text(120),
  paragraphs: z.array(Paragraph).min(1).max(8),
});

export const resultMessage: Task<z.output<typeof Output>> = {
  name: "result-message",
  needs: {
    facts: { observation: ["value", "unit", "range", "interpretation", "at"] },
    documents: false,
    instruction: true,
  },
  effect: { kind: "message", permission: "notifications:send" },
  doses: "none",
  isForPatient: true,
  output: Output,
  draft: (material) => ({
    subject: "Your results",
    paragraphs: [
      { text: "Your results have arrived, and your clinic has looked at them.", sources: [] },
      ...material.facts.map((fact) => ({ text: sentence(wordsOf(fact)), sources: [fact.id] })),
      ...instructionOf(material),
    ].slice(0, 8),
  }),
  render: ({ subject, paragraphs }) => ({
    title: subject,
    text: paragraphs.map(({ text }) => text).join("\n\n"),
  }),
  claimsOf: ({ subject, paragraphs }) => {
    const claims = claimsOfParagraphs(paragraphs, "/paragraphs");
    return { ...claims, texts: [{ text: subject, pointer: "/subject" }, ...claims.texts] };
  },
};
