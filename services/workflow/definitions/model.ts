/** What a definition is as a thing that people write, hand in, approve and retire. */
import { z } from "@hono/zod-openapi";
import { ContentHash } from "../approvals/model.ts";
import type { Document, Json } from "../language/language.ts";

export const definitionStates = ["draft", "submitted", "active", "shadow", "retired"] as const;
export type DefinitionState = typeof definitionStates[number];
export const definitionKinds = ["workflow", "pathway"] as const;

export const Key = z.string().regex(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/)
  .openapi({ example: "abnormal-result-follow-up" });

export const Definition = z.object({
  id: z.uuid(),
  kind: z.enum(definitionKinds),
  key: z.string(),
  version: z.number().int(),
  state: z.enum(definitionStates),
  title: z.string(),
  sha256: z.string().openapi({ description: "Of the document, whatever the order of its keys." }),
  note: z.string().nullable(),
  eventType: z.string().nullable().openapi({ description: "The event that starts it." }),
  createdBy: z.uuid(),
  createdAt: z.iso.datetime(),
  submittedBy: z.uuid().nullable(),
  approvedBy: z.uuid().nullable(),
  approvedAt: z.iso.datetime().nullable(),
  approvedSha256: z.string().nullable().openapi({ description: "What exactly was approved." }),
}).openapi("Definition");
export type Definition = z.output<typeof Definition>;

export const DefinitionDetail = Definition.extend({
  source: z.string(),
  document: z.record(z.string(), z.unknown()),
}).openapi("DefinitionDetail");
export type DefinitionDetail = Omit<z.output<typeof DefinitionDetail>, "document"> & {
  document: Document;
};

const SOURCE_CHARS_MAX = 256 * 1024;
const note = z.string().trim().min(1).max(500).regex(/^[^\0]*$/);

export const DefinitionInput = z.strictObject({
  source: z.string().min(1).max(SOURCE_CHARS_MAX).openapi({ description: "YAML or JSON." }),
  note: note.optional(),
}).openapi("DefinitionInput");

export const FindingSchema = z.object({
  pointer: z.string(),
  rule: z.string(),
  detail: z.string(),
  severity: z.enum(["error", "warning"]),
}).openapi("DefinitionFinding");
export const Findings = z.object({ ok: z.boolean(), findings: z.array(FindingSchema) })
  .openapi("DefinitionFindings");
export const Draft = z.object({ definition: Definition, findings: z.array(FindingSchema) })
  .openapi("DefinitionDraft");

export const Approval = z.strictObject({
  sha256: ContentHash,
  state: z.enum(["active", "shadow"]).default("active").openapi({
    description: "`shadow`: it runs beside what is active, and touches nothing.",
  }),
}).openapi("DefinitionApproval");

export const Difference = z.object({
  pointer: z.string().openapi({ example: "/do/callPatient" }),
  change: z.enum(["added", "removed", "changed"]),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
}).openapi("DefinitionDifference");
export type Difference = z.output<typeof Difference>;
export const Differences = z.object({ items: z.array(Difference) })
  .openapi("DefinitionDifferences");

type Plain = { [key: string]: Json };
const isPlain = (value: unknown): value is Plain =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** A list of tasks by their names, so that a new first task does not change all the others. */
function byName(value: Json): Json {
  const isTaskList = Array.isArray(value) && value.length > 0 &&
    value.every((one) => isPlain(one) && Object.keys(one).length === 1);
  return isTaskList ? Object.assign({}, ...value) as Plain : value;
}

/** What is different in `after`, place by place; the order of tasks is a difference, too. */
export function differencesOf(before: Json, after: Json, pointer = ""): Difference[] {
  const [a, b] = [byName(before), byName(after)];
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isPlain(a) || !isPlain(b)) return [{ pointer, change: "changed", before: a, after: b }];
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)];
  const found = [...new Set([...keysA, ...keysB])].flatMap((key): Difference[] => {
    const inner = `${pointer}/${key}`;
    if (!Object.hasOwn(a, key)) return [{ pointer: inner, change: "added", after: b[key] }];
    if (!Object.hasOwn(b, key)) return [{ pointer: inner, change: "removed", before: a[key] }];
    return differencesOf(a[key]!, b[key]!, inner);
  });
  const common = keysA.filter((key) => Object.hasOwn(b, key));
  const isReordered = Array.isArray(before) &&
    common.join() !== keysB.filter((key) => Object.hasOwn(a, key)).join();
  return isReordered
    ? [{ pointer, change: "changed", before: keysA, after: keysB }, ...found]
    : found;
}

/** The type of the event that starts runs of it, if any does. */
export function eventTypeOf({ schedule }: Document): string | null {
  const on = isPlain(schedule) && isPlain(schedule.on) ? schedule.on : {};
  const one = isPlain(on.one) ? on.one : {};
  const type = isPlain(one.with) ? one.with.type : undefined;
  return typeof type === "string" ? type : null;
}

const graphNode = {
  id: z.string().openapi({ example: "/do/0/assess", description: "Its place, or `start`, `end`." }),
  title: z.string(),
  kind: z.string().openapi({ example: "switch" }),
  parent: z.string().nullable().openapi({ description: "The task that it stands in." }),
};
export const GraphEdge = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(["next", "into", "catch"]),
  label: z.string().nullable().openapi({ description: "The case that leads here." }),
}).openapi("WorkflowGraphEdge");
export const Graph = z.object({
  nodes: z.array(z.object(graphNode)),
  edges: z.array(GraphEdge),
}).openapi("WorkflowGraph");
export const graphNodeShape = graphNode;
