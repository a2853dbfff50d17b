/** What a clinic holds itself to, and what is found when that is held against its runs. */
import { z } from "@hono/zod-openapi";
import { ContentHash } from "../approvals/model.ts";
import { RunInput } from "../runs/model.ts";
import {
  mayUseCalendar,
  mayUseWindow,
  needsCount,
  needsTarget,
  type Reason,
  reasons,
  templates,
} from "./declare/templates.ts";

export const protocolStates = ["draft", "submitted", "active", "retired"] as const;
export type ProtocolState = typeof protocolStates[number];

export const Key = z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/)
  .openapi({ example: "abnormal-results-are-answered" });
const Activity = z.string().min(1).max(200).regex(/^\P{Cc}*$/u)
  .openapi({ example: "callPatient", description: "The name of a task, or of a care event." });
const line = z.string().trim().min(1).max(200).regex(/^\P{Cc}*$/u);
const prose = z.string().trim().min(1).max(1_000).regex(/^[^\0]*$/);

/** Ten years: longer windows are mistakes. */
const MINUTES_MAX = 5_256_000;
const Minutes = z.int().min(1).max(MINUTES_MAX);

const operators = ["eq", "ne", "lt", "le", "gt", "ge", "in", "exists", "missing"] as const;
const Scalar = z.union([z.string().max(200).regex(/^[^\0]*$/), z.number(), z.boolean()]);
export const Condition = z.strictObject({
  path: z.array(z.string().min(1).max(100).regex(/^[^\0]*$/)).min(1).max(8)
    .openapi({ example: ["outcome"] }),
  operator: z.enum(operators),
  value: z.union([Scalar, z.array(Scalar).min(1).max(50)]).optional(),
}).refine(({ operator, value }) => {
  if (operator === "exists" || operator === "missing") return value === undefined;
  return Array.isArray(value) === (operator === "in") && value !== undefined;
}, "`exists` and `missing` take no value, `in` takes a list, the others one value.")
  .openapi("ComplianceCondition");
const Conditions = z.array(Condition).max(10).default([]);

export const ConstraintInput = z.strictObject({
  name: line.openapi({ example: "A critical result is called through within an hour" }),
  template: z.enum(templates),
  activity: Activity,
  target: Activity.optional().openapi({ description: "The second activity, where there are two." }),
  count: z.int().min(1).max(1_000).optional().openapi({
    description: "`existence`: at least so often; `exactly`; `absence`: less often.",
  }),
  withinMinutes: Minutes.optional().openapi({
    description: "From the event that calls for it, or from the start of the run.",
  }),
  calendar: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/).optional().openapi({
    description: "The window is opening time of this calendar.",
  }),
  graceMinutes: z.int().min(0).max(MINUTES_MAX).default(0),
  when: Conditions.openapi({ description: "Of what the event says that calls for it." }),
  if: Conditions.openapi({ description: "Of what the other event says." }),
  correlate: Condition.shape.path.optional().openapi({
    description: "Where both events must say the same.",
  }),
  unless: Activity.optional().openapi({ description: "Runs in which this happened are left out." }),
  severity: z.enum(["low", "medium", "high"]).default("medium"),
  rationale: prose.optional(),
}).superRefine((given, context) => {
  const refuse = (path: string, message: string) =>
    void context.addIssue({ code: "custom", path: [path], message });
  const { template } = given;
  if (needsTarget(template) !== (given.target !== undefined)) {
    refuse("target", needsTarget(template) ? "It needs a target." : "It is about one activity.");
  }
  if (given.target === given.activity) refuse("target", "These have to be two activities.");
  if (!needsCount(template) && given.count !== undefined) refuse("count", "It counts nothing.");
  if (given.withinMinutes !== undefined && !mayUseWindow(template)) {
    refuse("withinMinutes", "It is about a place, not about time.");
  }
  if (given.calendar !== undefined && given.withinMinutes === undefined) {
    refuse("calendar", "There is no window to count by it.");
  }
  if (given.calendar !== undefined && !mayUseCalendar(template)) {
    refuse("calendar", "Opening time is counted forwards only.");
  }
  if (given.if.length > 0 && !needsTarget(template)) refuse("if", "There is no second event.");
  if (given.correlate && !needsTarget(template)) refuse("correlate", "There is no second event.");
}).openapi("ComplianceConstraintInput");
export type ConstraintInput = z.output<typeof ConstraintInput>;

export const ProtocolInput = z.strictObject({
  key: Key,
  title: line,
  definition: z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/).openapi({
    description: "The key of the workflow or pathway whose runs are judged.",
  }),
  effectiveFrom: z.iso.datetime().optional(),
  effectiveUntil: z.iso.datetime().optional(),
  source: line.optional().openapi({ description: "The guideline that it follows." }),
  note: prose.optional(),
  constraints: z.array(ConstraintInput).min(1).max(100),
}).superRefine(({ effectiveFrom, effectiveUntil, constraints }, context) => {
  if (effectiveFrom && effectiveUntil && Date.parse(effectiveUntil) <= Date.parse(effectiveFrom)) {
    context.addIssue({ code: "custom", path: ["effectiveUntil"], message: "It ends too early." });
  }
  if (new Set(constraints.map(({ name }) => name)).size !== constraints.length) {
    context.addIssue({ code: "custom", path: ["constraints"], message: "Names are given once." });
  }
}).openapi("ComplianceProtocolInput");
export type ProtocolInput = z.output<typeof ProtocolInput>;

export const Constraint = z.object({
  id: z.uuid(),
  name: z.string(),
  template: z.enum(templates),
  activity: z.string(),
  target: z.string().nullable(),
  count: z.int().nullable(),
  withinMinutes: z.int().nullable(),
  calendar: z.string().nullable(),
  graceMinutes: z.int(),
  when: z.array(Condition),
  if: z.array(Condition),
  correlate: z.array(z.string()).nullable(),
  unless: z.string().nullable(),
  severity: z.enum(["low", "medium", "high"]),
  rationale: z.string().nullable(),
}).openapi("ComplianceConstraint");
export type Constraint = z.output<typeof Constraint>;

export const Protocol = z.object({
  id: z.uuid(),
  key: z.string(),
  version: z.int(),
  state: z.enum(protocolStates),
  title: z.string(),
  definition: z.string(),
  effectiveFrom: z.iso.datetime().nullable(),
  effectiveUntil: z.iso.datetime().nullable(),
  source: z.string().nullable(),
  note: z.string().nullable(),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  submittedBy: z.uuid().nullable(),
  approvedBy: z.uuid().nullable(),
  approvedAt: z.iso.datetime().nullable(),
  approvedSha256: z.string().nullable().openapi({ description: "What exactly was approved." }),
}).openapi("ComplianceProtocol");
export type Protocol = z.output<typeof Protocol>;

export const ProtocolDetail = Protocol.extend({
  sha256: z.string().openapi({ description: "Of what it says, whatever the order of its keys." }),
  constraints: z.array(Constraint),
}).openapi("ComplianceProtocolDetail");
export type ProtocolDetail = z.output<typeof ProtocolDetail>;

/** What an approval is of: everything that a protocol says, not who wrote it and how far it is. */
export const contentOf = (
  { key, title, definition, effectiveFrom, effectiveUntil, source, note, constraints }: Omit<
    ProtocolDetail,
    "sha256"
  >,
) => ({
  key,
  title,
  definition,
  effectiveFrom,
  effectiveUntil,
  source,
  note,
  constraints: constraints.map(({ id: _, ...said }) => said),
});

export const ProtocolApproval = z.strictObject({ sha256: ContentHash })
  .openapi("ComplianceProtocolApproval");

export const findingStates = [
  "satisfied",
  "violated",
  "pending",
  "excused",
  "indeterminate",
  "not_applicable",
] as const;
export type FindingState = typeof findingStates[number];

export const Finding = z.object({
  id: z.uuid(),
  protocol: z.object({ key: z.string(), version: z.int(), title: z.string() }),
  constraint: z.object({ name: z.string(), severity: z.enum(["low", "medium", "high"]) }),
  runId: z.uuid(),
  patientId: z.uuid().nullable(),
  state: z.enum(findingStates),
  isAtRisk: z.boolean(),
  why: z.enum(Object.keys(reasons) as [Reason, ...Reason[]]),
  explanation: z.string(),
  activity: z.string().nullable(),
  activatedAt: z.iso.datetime().nullable(),
  targetAt: z.iso.datetime().nullable(),
  dueAt: z.iso.datetime().nullable(),
  foundAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  excuse: z.object({ by: z.uuid(), at: z.iso.datetime(), reason: z.string() }).nullable(),
}).openapi("ComplianceFinding");
export type Finding = z.output<typeof Finding>;

export const FindingDetail = Finding.extend({
  history: z.array(z.object({
    at: z.iso.datetime(),
    state: z.enum(findingStates),
    why: z.string(),
    targetAt: z.iso.datetime().nullable(),
    actorId: z.string().nullable(),
  })).openapi({ description: "Every verdict that there was, oldest first." }),
}).openapi("ComplianceFindingDetail");

export const ExcuseInput = z.strictObject({
  reason: z.string().trim().min(3).max(500).regex(/^[^\0]*$/),
})
  .openapi("ComplianceExcuse");

export const CareEventInput = z.strictObject({
  activity: Activity,
  at: z.iso.datetime().openapi({ description: "When it happened, which may be long ago." }),
  data: RunInput.default({}),
  corrects: z.uuid().optional().openapi({
    description: "The step or care event that this one stands instead of.",
  }),
  isRetraction: z.boolean().default(false).openapi({
    description: "What it corrects has not happened at all.",
  }),
  reference: line.optional().openapi({ example: "DocumentReference/0198…" }),
  note: prose.optional(),
}).refine(({ isRetraction, corrects }) => !isRetraction || corrects !== undefined, {
  path: ["corrects"],
  message: "A retraction says what it takes back.",
}).openapi("CareEventInput");
export type CareEventInput = z.output<typeof CareEventInput>;

export const CareEvent = z.object({
  id: z.uuid(),
  activity: z.string(),
  at: z.iso.datetime(),
  recordedAt: z.iso.datetime(),
  source: z.enum(["step", "told"]),
  supersededAt: z.iso.datetime().nullable(),
}).openapi("CareEvent");
export type CareEvent = z.output<typeof CareEvent>;

export const Report = z.object({
  asOf: z.iso.datetime(),
  runs: z.int(),
  constraints: z.array(z.object({
    name: z.string(),
    severity: z.enum(["low", "medium", "high"]),
    satisfied: z.int(),
    violated: z.int(),
    pending: z.int(),
    excused: z.int(),
    indeterminate: z.int(),
    notApplicableRuns: z.int().openapi({ description: "Runs in which nothing called for it." }),
    rate: z.number().nullable().openapi({
      description: "Satisfied or excused, of everything that is decided; null: nothing is.",
    }),
  })),
}).openapi("ComplianceReport");
export type Report = z.output<typeof Report>;

/** What people are told of a verdict. */
export const explain = (why: Reason): string => reasons[why];

/** Deadlines are announced when so much of their time is over. */
export const AT_RISK_SHARE = 0.8;
