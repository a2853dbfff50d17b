/** Calls, proposals, papers and budgets, as they are said outside. */
import { z } from "@hono/zod-openapi";
import type { Ask } from "../sagas/model.ts";
import { IntendedUse } from "../stance/model.ts";
import type { KnownPatient } from "./deidentify/patient.ts";
import { groundingRules } from "./grounding/grounding.ts";
import { Input } from "./input.ts";
import { failureKinds, type Provider, providerIds } from "./providers/provider.ts";
import { effectKinds, taskNames } from "./tasks/task.ts";

/** What assistance needs from outside; without it, our own rules draft and nothing leaves. */
export type Assistance = {
  provider: Provider;
  /** By which dates are moved: nobody else can move them back. */
  shiftKey: string;
  /** What is known of a patient; undefined when the clinic has no such patient, or nobody says. */
  identifiersOf(organizationId: string, patientId: string): Promise<KnownPatient | undefined>;
  ask: Ask;
};

const TaskNameSchema = z.enum(taskNames).openapi("AssistanceTaskName");
export const outcomes = [
  "ok",
  ...failureKinds,
  "budget_exceeded",
  "policy_blocked",
  "ungrounded",
] as const;
export type Outcome = typeof outcomes[number];

export const CallInput = z.strictObject({
  task: TaskNameSchema,
  patientId: z.uuid().nullable().default(null),
  input: Input,
}).refine(
  ({ task, patientId }) => (task === "pathway-proposal") === (patientId === null),
  "A pathway is drafted for nobody in particular, and everything else for a patient.",
).openapi("AssistanceCallInput");
export type CallInput = z.output<typeof CallInput>;

export const FindingSchema = z.object({
  pointer: z.string(),
  rule: z.enum(groundingRules),
  detail: z.string(),
}).openapi("AssistanceFinding");

export const proposalStatuses = ["proposed", "accepting", "accepted", "rejected"] as const;
const Anything = z.record(z.string(), z.unknown());

export const Proposal = z.object({
  id: z.uuid(),
  callId: z.uuid(),
  task: TaskNameSchema,
  patientId: z.uuid().nullable(),
  provider: z.enum(providerIds),
  insteadOf: z.enum(outcomes).nullable().openapi({
    description: "Why our own rules drafted this although a model was to.",
  }),
  status: z.enum(proposalStatuses),
  version: z.int(),
  output: Anything,
  edited: Anything.nullable(),
  rendered: z.object({ title: z.string(), text: z.string() }),
  warnings: z.array(z.string()),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  decidedBy: z.uuid().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  effect: z.object({ kind: z.enum(effectKinds), id: z.string() }).nullable(),
  needs: z.string().openapi({ description: "The permission that accepting it needs." }),
  intendedUse: IntendedUse,
}).openapi("AssistanceProposal");
export type Proposal = z.output<typeof Proposal>;

export const ProposalDetail = Proposal.extend({
  material: Anything.openapi({ description: "What it was drafted from." }),
  difference: z.array(z.object({
    pointer: z.string(),
    change: z.enum(["added", "removed", "changed"]),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
  })).openapi({ description: "What a person has changed." }),
}).openapi("AssistanceProposalDetail");
export type ProposalDetail = z.input<typeof ProposalDetail>;

export const Call = z.object({
  id: z.uuid(),
  userId: z.uuid(),
  task: TaskNameSchema,
  promptVersion: z.int(),
  promptSha256: z.string(),
  provider: z.enum(providerIds),
  model: z.string(),
  outcome: z.enum(outcomes).nullable(),
  detail: z.string().nullable(),
  findings: z.array(FindingSchema),
  payloadSha256: z.string().nullable(),
  attempts: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  hidden: z.record(z.string(), z.int()),
  leftOut: z.int(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
}).openapi("AssistanceCall");
export type Call = z.output<typeof Call>;

export const Answer = z.object({ call: Call, proposal: Proposal.nullable() })
  .openapi("AssistanceAnswer");
export type Answer = z.output<typeof Answer>;

export const Preview = z.object({
  provider: z.enum(providerIds),
  wouldLeave: z.boolean(),
  blockedBecause: z.string().nullable(),
  instructions: z.string(),
  data: z.string(),
  hidden: z.record(z.string(), z.int()),
  leftOut: z.int(),
}).openapi("AssistancePreview");

export const TaskView = z.object({
  task: TaskNameSchema,
  isAllowed: z.boolean(),
  intendedUse: IntendedUse,
  needs: z.string(),
  effect: z.enum(effectKinds),
  prompt: z.object({ version: z.int(), sha256: z.string() }),
}).openapi("AssistanceTask");
export const TaskViews = z.object({ provider: z.enum(providerIds), items: z.array(TaskView) })
  .openapi("AssistanceTasks");

const version = z.int().min(1);
export const Acceptance = z.strictObject({ version }).openapi("AssistanceAcceptance");
export const Rejection = z.strictObject({
  version,
  reason: z.string().trim().min(3).max(500).regex(/^[^\0]*$/),
}).openapi("AssistanceRejection");
export const Edit = z.strictObject({ version, output: Anything }).openapi("AssistanceEdit");

export const Paper = z.object({
  id: z.uuid(),
  proposalId: z.uuid(),
  patientId: z.uuid().nullable(),
  task: TaskNameSchema,
  title: z.string(),
  text: z.string(),
  sha256: z.string(),
  signedBy: z.uuid(),
  signedAt: z.iso.datetime(),
}).openapi("AssistancePaper");
export type Paper = z.output<typeof Paper>;

export const BudgetInput = z.strictObject({
  tokensPerMonth: z.int().min(0).max(1_000_000_000),
}).openapi("AssistanceBudgetInput");
export const Budget = z.object({
  month: z.iso.date(),
  tokensPerMonth: z.int(),
  usedTokens: z.int(),
  reservedTokens: z.int(),
}).openapi("AssistanceBudget");
export type Budget = z.output<typeof Budget>;

/** Until a clinic says otherwise. */
export const TOKENS_PER_MONTH = 200_000;
export const PROPOSAL_HOURS = 72;
