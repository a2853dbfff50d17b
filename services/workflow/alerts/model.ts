/** What an alert is: something that a rule wanted to say to somebody, and what they made of it. */
import { z } from "@hono/zod-openapi";
import { indicators } from "../decisions/model.ts";

export const dispositions = ["shown", "duplicate", "capped", "shadow"] as const;
export const outcomes = ["accepted", "overridden"] as const;

export const Alert = z.object({
  id: z.uuid(),
  key: z.string(),
  version: z.number().int(),
  indicator: z.enum(indicators),
  summary: z.string(),
  patientId: z.string().nullable(),
  encounterId: z.string().nullable(),
  hook: z.string().nullable().openapi({ description: "null: asked for in the app." }),
  disposition: z.enum(dispositions).openapi({ description: "Shown, or why it was not." }),
  isDemoted: z.boolean().openapi({ description: "Told more quietly than its rule says." }),
  output: z.unknown(),
  inputs: z.record(z.string(), z.unknown()),
  overrideReasons: z.array(z.looseObject({ code: z.string(), display: z.string() })),
  suggestions: z.array(z.object({ id: z.uuid(), label: z.string() })),
  outcome: z.enum(outcomes).nullable(),
  reasonCode: z.string().nullable(),
  comment: z.string().nullable(),
  actedBy: z.string().nullable(),
  actedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
}).openapi("Alert");
export type Alert = z.output<typeof Alert>;

const comment = z.string().trim().min(1).max(2_000).regex(/^[^\0]*$/);
export const OverrideInput = z.strictObject({
  reasonCode: z.string().trim().min(1).max(100).regex(/^[^\0]*$/).optional(),
  comment: comment.optional(),
}).openapi("AlertOverride");
export const AcceptInput = z.strictObject({ comment: comment.optional() })
  .openapi("AlertAcceptance");

export const PolicyInput = z.strictObject({
  dedupeHours: z.number().int().min(0).max(24 * 366),
  encounterCap: z.number().int().min(1).max(100),
  demoteShare: z.number().min(0.5).max(1).openapi({
    description: "A rule that is overridden more often is told more quietly.",
  }),
  demoteAfter: z.number().int().min(5).max(10_000).openapi({
    description: "Answers that have to be there before its rule is judged.",
  }),
}).openapi("AlertPolicy");
export type Policy = z.output<typeof PolicyInput>;

export const defaultPolicy: Policy = {
  dedupeHours: 72,
  encounterCap: 5,
  demoteShare: 0.9,
  demoteAfter: 30,
};
