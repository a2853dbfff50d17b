/** A patient on a pathway, as it is said outside. */
import { z } from "@hono/zod-openapi";
import { isWithin } from "@praxis/shared/http";

export const enrolmentStatuses = [
  "active",
  "on_hold",
  "completed",
  "withdrawn",
  "transferred",
  "entered_in_error",
] as const;
export type EnrolmentStatus = typeof enrolmentStatuses[number];

const LEVELS_MAX = 40;
const Resource = z.looseObject({ resourceType: z.string().max(60) })
  .refine((resource) => isWithin(resource, LEVELS_MAX), "Too deep.");
const RESOURCES_MAX = 500;
/** What is known of the patient, as FHIR resources. */
const resources = z.array(Resource).max(RESOURCES_MAX).default([]);

export const PlanInput = z.strictObject({
  plan: z.looseObject({ resourceType: z.literal("PlanDefinition") }),
  note: z.string().trim().min(1).max(500).optional(),
}).openapi("PathwayInput");

export const ApplyInput = z.strictObject({ patientId: z.uuid(), resources })
  .openapi("PathwayApplyInput");
export const Applied = z.object({
  resourceType: z.literal("Bundle"),
  type: z.literal("collection"),
  entry: z.array(z.object({ resource: z.looseObject({ resourceType: z.string() }) })),
}).openapi("PathwayApplied");

export const Eligibility = z.object({
  isEligible: z.boolean().nullable().openapi({ description: "null: it cannot be told." }),
  reasons: z.array(z.object({
    name: z.string(),
    isMet: z.boolean().nullable(),
    detail: z.string(),
  })),
  missing: z.array(z.string()),
}).openapi("PathwayEligibility");

export const NewEnrolment = z.strictObject({
  key: z.string().max(63),
  patientId: z.uuid(),
  resources,
  indexOn: z.iso.date().optional().openapi({ description: "Today unless given." }),
  override: z.string().trim().min(3).max(500).optional().openapi({
    description: "Why the patient is enrolled although eligibility is refused or cannot be told.",
  }),
}).openapi("NewEnrolment");

export const Enrolment = z.object({
  id: z.uuid(),
  patientId: z.uuid(),
  key: z.string(),
  version: z.int(),
  status: z.enum(enrolmentStatuses),
  reason: z.string().nullable(),
  runId: z.uuid(),
  indexOn: z.iso.date(),
  enrolledBy: z.uuid(),
  createdAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
}).openapi("Enrolment");
export type Enrolment = z.output<typeof Enrolment>;

export const varianceTypes = ["early", "late", "omitted", "added", "substituted"] as const;
export const varianceCauses = ["patient", "clinician", "system", "clinical", "social"] as const;
const text = z.string().trim().min(1).max(500).regex(/^[^\0]*$/);

export const VarianceInput = z.strictObject({
  step: z.string().max(100),
  type: z.enum(varianceTypes),
  cause: z.enum(varianceCauses),
  code: z.string().max(100).regex(/^\P{Cc}*$/u).optional(),
  note: text.optional(),
}).openapi("VarianceInput");
export const Variance = z.object({
  id: z.uuid(),
  step: z.string(),
  type: z.enum(varianceTypes),
  cause: z.enum(varianceCauses),
  code: z.string().nullable(),
  note: z.string().nullable(),
  recordedBy: z.uuid(),
  at: z.iso.datetime(),
}).openapi("Variance");
export type Variance = z.output<typeof Variance>;

export const GoalInput = z.strictObject({
  goal: z.string().max(100).openapi({ description: "Its id in the plan." }),
  value: z.string().regex(/^-?\d{1,12}(\.\d{1,9})?$/).openapi({ example: "6.8" }),
  unit: z.string().max(40).regex(/^\P{Cc}*$/u).optional(),
  measuredOn: z.iso.date(),
}).openapi("GoalInput");
export const GoalProgress = z.object({
  id: z.uuid(),
  goal: z.string(),
  value: z.string(),
  unit: z.string().nullable(),
  isMet: z.boolean().nullable().openapi({ description: "null: the plan sets no such target." }),
  measuredOn: z.iso.date(),
  at: z.iso.datetime(),
}).openapi("GoalProgress");
export type GoalProgress = z.output<typeof GoalProgress>;

export const EvidenceInput = z.strictObject({
  step: z.string().max(100),
  reference: z.string().min(1).max(200).regex(/^\P{Cc}*$/u).openapi({
    example: "DocumentReference/0198…",
  }),
}).openapi("EvidenceInput");

export const stepStates = ["not_applicable", "ahead", "open", "done"] as const;
const step = {
  id: z.string(),
  title: z.string(),
  cannotTell: z.boolean().openapi({ description: "Whether it applies is not known." }),
  doneAt: z.iso.datetime().nullable(),
  evidence: z.string().nullable(),
};

export const PathwayGraph = z.object({
  nodes: z.array(z.object({
    ...step,
    priority: z.string().nullable(),
    state: z.enum(stepStates).nullable().openapi({ description: "null: drawn on nobody." }),
  })),
  edges: z.array(z.object({
    from: z.string(),
    to: z.string(),
    relationship: z.string().openapi({ example: "after-end" }),
    offset: z.record(z.string(), z.number()).nullable().openapi({ example: { days: 14 } }),
  })),
}).openapi("PathwayGraph");
export type PathwayGraph = z.input<typeof PathwayGraph>;

export const EnrolmentDetail = Enrolment.extend({
  eligibility: Eligibility,
  steps: z.array(z.object({
    ...step,
    state: z.enum(stepStates),
    priority: z.string().nullable(),
    after: z.array(z.string()),
  })),
  edges: PathwayGraph.shape.edges.openapi({ description: "What follows what, to be drawn." }),
  goals: z.array(GoalProgress),
  variances: z.array(Variance),
}).openapi("EnrolmentDetail");
export type EnrolmentDetail = z.input<typeof EnrolmentDetail>;

export const StatusReason = z.strictObject({ reason: text }).openapi("EnrolmentReason");

type Target = {
  detailQuantity?: { value?: number | undefined; comparator?: string | undefined } | undefined;
  detailRange?: {
    low?: { value?: number | undefined } | undefined;
    high?: { value?: number | undefined } | undefined;
  } | undefined;
};

/** Whether a value meets a goal's target; undefined when the target names no number. */
export function isTargetMet(target: Target | undefined, value: string): boolean | undefined {
  const number = Number(value);
  const { detailQuantity: quantity, detailRange: range } = target ?? {};
  if (quantity?.value !== undefined) {
    const by: Record<string, boolean> = {
      "<": number < quantity.value,
      "<=": number <= quantity.value,
      ">": number > quantity.value,
      ">=": number >= quantity.value,
    };
    return by[quantity.comparator ?? ""] ?? number === quantity.value;
  }
  if (!range) return undefined;
  return number >= (range.low?.value ?? -Infinity) && number <= (range.high?.value ?? Infinity);
}
