/** What a rule is: a decision in DMN, what it is made from, and what it says when it fires. */
import { z } from "@hono/zod-openapi";
import { isWithin } from "@praxis/shared/http";
import { ContentHash } from "../approvals/model.ts";
import { Model, Table } from "../dmn/model.ts";
import { IntendedUse } from "../stance/model.ts";

export const ruleStates = ["draft", "submitted", "active", "shadow", "retired"] as const;
export type RuleState = typeof ruleStates[number];

/** Of CDS Hooks 2.0's own library. */
export const hookNames = [
  "patient-view",
  "encounter-start",
  "encounter-discharge",
  "order-select",
  "order-sign",
  "order-dispatch",
  "appointment-book",
  "allergyintolerance-create",
  "problem-list-item-create",
] as const;
export type HookName = typeof hookNames[number];

export const Key = z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/)
  .openapi({ example: "early-warning" });
const text = (max: number) => z.string().trim().min(1).max(max).regex(/^[^\0]*$/);
const Url = z.url({ protocol: /^https$/ }).max(500);

const Source = z.union([
  z.strictObject({
    observation: z.array(z.strictObject({
      system: z.string().min(1).max(200).default("http://loinc.org"),
      code: text(50),
    })).min(1).max(10),
  }),
  z.strictObject({ score: text(60) }),
  z.strictObject({ patient: z.enum(["age", "sex"]) }),
]);
export type Source = z.output<typeof Source>;

export const RuleInput = z.strictObject({
  /** Of an input of the model. */
  name: text(200),
  unit: text(60).optional().openapi({ description: "UCUM. Without it: no quantity." }),
  hoursMax: z.number().positive().max(24 * 3_660).optional(),
  isOptional: z.boolean().default(false),
  from: Source.optional().openapi({ description: "Where a hook finds it." }),
});
export type RuleInput = z.output<typeof RuleInput>;

export const indicators = ["info", "warning", "critical"] as const;
export type Indicator = typeof indicators[number];

/** Of JSON whose shape is somebody else's. */
export const LEVELS_MAX = 40;
const isShallow = (value: unknown) => isWithin(value, LEVELS_MAX);

const Coding = z.strictObject({
  code: text(100),
  system: text(300).optional(),
  display: text(200),
});
export const Action = z.strictObject({
  type: z.enum(["create", "update", "delete"]),
  description: text(500),
  resource: z.record(z.string(), z.unknown()).refine(isShallow, "Too deep.").optional(),
  resourceId: text(200).optional(),
}).refine(
  ({ type, resource, resourceId }) =>
    type === "delete" ? resourceId !== undefined : resource?.resourceType !== undefined,
  "To create and update needs a resource, to delete a resourceId.",
);

/** `{{name}}` in its texts is the value of an input, `{{output}}` the decision's. */
export const CardTemplate = z.strictObject({
  summary: text(139),
  detail: text(4_000).optional(),
  indicator: z.enum(indicators),
  suggestions: z.array(z.strictObject({
    label: text(200),
    isRecommended: z.boolean().optional(),
    actions: z.array(Action).min(1).max(10).optional(),
  })).min(1).max(10).optional(),
  selectionBehavior: z.enum(["at-most-one", "any"]).default("at-most-one"),
  overrideReasons: z.array(Coding).min(1).max(20).optional(),
  links: z.array(z.strictObject({ label: text(200), url: Url })).min(1).max(10).optional(),
});
export type CardTemplate = z.output<typeof CardTemplate>;

const GivenValue = z.union([z.number(), z.boolean(), z.string().max(500), z.null()]);
const GivenObject = z.strictObject({
  value: GivenValue.optional(),
  unit: z.string().max(200).nullable().optional(),
  at: z.iso.datetime({ offset: true }).nullable().optional(),
});
const Given = z.union([GivenObject, GivenValue]);
/** Otherwise a value with a bad time would be taken for the inputs of a score. */
const InputName = z.string().max(60).refine(
  (name) => !Object.hasOwn(GivenObject.shape, name),
  "A value, its unit or its time is not of the right shape.",
);
/** By name: a value with unit and time, or the inputs of the score that it comes from. */
export const GivenInputs = z.record(
  z.string().max(200),
  z.union([Given, z.record(InputName, z.union([Given, z.array(Given).max(20)]))]),
);
export type GivenInputs = z.output<typeof GivenInputs>;

export const resultStatuses = ["fired", "not_fired", "indeterminate"] as const;

export const RuleTest = z.strictObject({
  name: text(200),
  askedAt: z.iso.datetime().optional().openapi({
    description: "Its clock; the newest time among its inputs unless said.",
  }),
  inputs: GivenInputs,
  expected: z.strictObject({
    status: z.enum(resultStatuses),
    output: z.unknown().refine(isShallow, "Too deep.").optional(),
  }),
});
export type RuleTest = z.output<typeof RuleTest>;

const Common = {
  key: Key,
  title: text(200),
  description: text(2_000),
  evidence: z.strictObject({ title: text(300), url: Url.optional(), grade: text(50).optional() }),
  hooks: z.array(z.enum(hookNames)).max(hookNames.length).default([]),
  inputs: z.array(RuleInput).max(100).default([]),
  card: CardTemplate,
  tests: z.array(RuleTest).max(200).default([]),
  /** Never shown more quietly, never capped. */
  isEssential: z.boolean().default(false),
  /** The same facts are told again only when this input has moved this way. */
  worsens: z.strictObject({ input: text(200), direction: z.enum(["up", "down"]) }).optional(),
  reviewOn: z.iso.date().optional(),
};

/** The logic as a model of its own, as a single table, or as DMN XML. */
export const RuleDraft = z.strictObject({
  ...Common,
  model: Model.optional(),
  table: Table.optional(),
  xml: z.string().max(512 * 1024).optional().openapi({ description: "DMN 1.1 to 1.5." }),
  decision: text(200).optional().openapi({
    description: "The decision that fires; the only one unless named.",
  }),
}).refine(
  ({ model, table, xml }) => [model, table, xml].filter((one) => one !== undefined).length === 1,
  "Exactly one of model, table and xml says the logic.",
).openapi("RuleDraft", { type: "object" });
export type RuleDraft = z.output<typeof RuleDraft>;

export const RuleDocument = z.strictObject({ ...Common, model: Model, decision: text(200) })
  .openapi("RuleDocument", { type: "object" });
export type RuleDocument = z.output<typeof RuleDocument>;

export const Rule = z.object({
  id: z.uuid(),
  key: z.string(),
  version: z.number().int(),
  state: z.enum(ruleStates),
  title: z.string(),
  sha256: z.string().openapi({ description: "Of the document, whatever the order of its keys." }),
  hooks: z.array(z.string()),
  reviewOn: z.string().nullable(),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  submittedBy: z.uuid().nullable(),
  approvedBy: z.uuid().nullable(),
  approvedAt: z.iso.datetime().nullable(),
  approvedSha256: z.string().nullable().openapi({ description: "What exactly was approved." }),
  quarantinedAt: z.iso.datetime().nullable().openapi({
    description: "Since then it is not asked any more: it took too long, again and again.",
  }),
}).openapi("Rule");
export type Rule = z.output<typeof Rule>;
export const RuleDetail = Rule.extend({ document: RuleDocument }).openapi("RuleDetail");
export type RuleDetail = z.output<typeof RuleDetail>;

export const Approval = z.strictObject({
  sha256: ContentHash,
  state: z.enum(["active", "shadow"]).default("active").openapi({
    description: "`shadow`: it is asked and written down, and says nothing to anybody.",
  }),
}).openapi("RuleApproval");

const Used = z.object({
  value: z.unknown(),
  unit: z.string().optional(),
  at: z.string().optional(),
});
export const Result = z.object({
  status: z.enum(resultStatuses),
  output: z.unknown().optional(),
  missing: z.array(z.string()),
  stale: z.array(z.string()),
  reasons: z.array(z.object({ input: z.string(), reason: z.string() })),
  inputs: z.record(z.string(), Used),
}).openapi("DecisionResult");
export type Result = z.output<typeof Result>;

export const TestRun = z.object({
  passed: z.number().int(),
  failed: z.number().int(),
  items: z.array(z.object({ name: z.string(), isPassed: z.boolean(), result: Result })),
}).openapi("RuleTestRun");
export type TestRun = z.output<typeof TestRun>;

export const Replay = z.object({
  calls: z.number().int(),
  fired: z.number().int(),
  notFired: z.number().int(),
  indeterminate: z.number().int(),
  patients: z.number().int(),
  /** Inputs that were missing or stale, how often. */
  gaps: z.record(z.string(), z.number().int()),
}).openapi("RuleReplay");
export type Replay = z.output<typeof Replay>;

export const Performance = z.object({
  key: z.string(),
  asked: z.number().int(),
  fired: z.number().int(),
  indeterminate: z.number().int(),
  timedOut: z.number().int(),
  shown: z.number().int(),
  duplicates: z.number().int(),
  capped: z.number().int(),
  shadow: z.number().int(),
  demoted: z.number().int(),
  accepted: z.number().int(),
  overridden: z.number().int(),
  reasons: z.array(z.object({ code: z.string(), count: z.number().int() })),
}).openapi("RulePerformance");
export type Performance = z.output<typeof Performance>;

export const DecideInput = z.strictObject({
  inputs: GivenInputs,
  // Alerts keep it as text, and text is compared letter by letter.
  patientId: z.uuid().toLowerCase().nullable().default(null),
  encounterId: z.string().min(1).max(200).nullable().default(null),
}).openapi("DecisionInput", {
  example: { inputs: { pulse: { value: 112, unit: "/min", at: "2026-01-05T11:50:00Z" } } },
});

export const Decided = Result.extend({
  rule: z.object({
    key: z.string(),
    version: z.number().int(),
    title: z.string(),
    sha256: z.string(),
  }),
  evidence: Common.evidence,
  intendedUse: IntendedUse,
  alert: z.object({
    id: z.uuid(),
    disposition: z.string().openapi({ description: "`shown`, or why it is not to be shown." }),
    indicator: z.enum(indicators),
    summary: z.string(),
    detail: z.string().optional(),
    overrideReasons: z.array(z.looseObject({ code: z.string(), display: z.string() })),
    suggestions: z.array(z.object({ id: z.uuid(), label: z.string() })),
  }).nullable(),
}).openapi("Decided");
export type Decided = z.output<typeof Decided>;
