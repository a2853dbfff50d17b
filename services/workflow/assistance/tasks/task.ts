/** What a task of assistance is: what it needs, what it yields, and what becomes of that. */
import type { Permission } from "@praxis/shared/auth";
import { z } from "zod";
import type { Code, Material, Needs } from "../input.ts";

export const taskNames = [
  "pathway-proposal",
  "problem-candidates",
  "gap-explanation",
  "result-message",
  "referral-letter",
] as const;
export type TaskName = typeof taskNames[number];

export const effectKinds = ["definition-draft", "message", "paper"] as const;
export type EffectKind = typeof effectKinds[number];

export const text = (max: number) => z.string().trim().min(1).max(max).regex(/^[^\0]*$/);
export const sourceId = z.string().min(1).max(64);

export const Paragraph = z.strictObject({
  text: text(2_000),
  sources: z.array(sourceId).max(20),
});
export type Paragraph = z.output<typeof Paragraph>;

/** A passage of a source, word for word. */
export type Quote = { sourceId: string; quote: string; pointer: string };

/** Everything in an output that has to stand on what was given. */
export type Claims = {
  texts: { text: string; pointer: string; isQuote?: boolean }[];
  sources: { id: string; pointer: string }[];
  codes: (Code & { pointer: string })[];
  quotes: Quote[];
};

export type Task<O = unknown> = {
  name: TaskName;
  needs: Needs;
  effect: { kind: EffectKind; permission: Permission };
  /** Whether doses that were given may be repeated, or none may stand there at all. */
  doses: "none" | "as-given";
  /** Whether it speaks to a patient, who may take a sentence for an order. */
  isForPatient: boolean;
  output: z.ZodType<O>;
  /** The rules of our own: no model, no network, no chance. */
  draft(material: Material): O;
  claimsOf(output: O): Claims;
  /** As people read it. */
  render(output: O): { title: string; text: string };
  /** What is wrong beyond that: what a quote does not state although it is one. */
  check?(output: O, material: Material): { pointer: string; detail: string }[];
};

export const noClaims: Claims = { texts: [], sources: [], codes: [], quotes: [] };

export function claimsOfParagraphs(paragraphs: readonly Paragraph[], pointer: string): Claims {
  return {
    ...noClaims,
    texts: paragraphs.map(({ text }, n) => ({ text, pointer: `${pointer}/${n}/text` })),
    sources: paragraphs.flatMap(({ sources }, n) =>
      sources.map((id, m) => ({ id, pointer: `${pointer}/${n}/sources/${m}` }))
    ),
  };
}
