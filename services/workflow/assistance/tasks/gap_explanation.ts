/** A finding of compliance in words: which step is open, and since when. */
import { z } from "zod";
import { claimsOfParagraphs, Paragraph, type Task, text } from "./task.ts";
import { sentence, wordsOf } from "./wording.ts";

const Output = z.strictObject({
  summary: text(300),
  paragraphs: z.array(Paragraph).min(1).max(10),
});

export const gapExplanation: Task<z.output<typeof Output>> = {
  name: "gap-explanation",
  needs: {
    facts: { finding: ["value", "at"], step: ["value", "at"] },
    documents: false,
    instruction: false,
  },
  effect: { kind: "paper", permission: "documents:write" },
  doses: "none",
  isForPatient: false,
  output: Output,
  draft: ({ facts }) => {
    const findings = facts.filter(({ kind }) => kind === "finding");
    const steps = facts.filter(({ kind }) => kind === "step");
    const [first] = findings;
    return {
      summary: first === undefined
        ? "No finding was given."
        : sentence(`Open: ${wordsOf(first)}`).slice(0, 300),
      paragraphs: [
        ...findings.map((one) => ({ text: sentence(wordsOf(one)), sources: [one.id] })),
        ...(steps.length === 0
          ? [{ text: "Nothing that was done bears on it.", sources: [] }]
          : steps.map((one) => ({
            text: sentence(`Recorded: ${wordsOf(one)}`),
            sources: [one.id],
          }))),
      ].slice(0, 10),
    };
  },
  render: ({ summary, paragraphs }) => ({
    title: "Open step of a protocol",
    text: [summary, ...paragraphs.map(({ text }) => text)].join("\n\n"),
  }),
  claimsOf: ({ summary, paragraphs }) => {
    const claims = claimsOfParagraphs(paragraphs, "/paragraphs");
    return { ...claims, texts: [{ text: summary, pointer: "/summary" }, ...claims.texts] };
  },
};
