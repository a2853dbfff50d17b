/** A DMN model as far as it is evaluated here: decisions, what they need, and their logic in FEEL. */
import { z } from "@hono/zod-openapi";

/** FEEL of one cell or one expression. */
export const TEXT_CHARS_MAX = 4_000;
const RULES_MAX = 1_000;
const COLUMNS_MAX = 40;
const PARTS_MAX = 200;
const DEPTH_MAX = 8;

export const hitPolicies = [
  "UNIQUE",
  "FIRST",
  "PRIORITY",
  "ANY",
  "COLLECT",
  "RULE ORDER",
  "OUTPUT ORDER",
] as const;
export const aggregations = ["SUM", "MIN", "MAX", "COUNT"] as const;

const Text = z.string().max(TEXT_CHARS_MAX).regex(/^[^\0]*$/);
const Name = z.string().min(1).max(200).regex(/^\P{Cc}*$/u);
const Type = z.string().max(100).optional();

export const Table = z.strictObject({
  kind: z.literal("table"),
  hitPolicy: z.enum(hitPolicies).default("UNIQUE"),
  aggregation: z.enum(aggregations).optional(),
  inputs: z.array(z.strictObject({
    expression: Text,
    label: z.string().max(200).optional(),
    type: Type,
    /** Unary tests that a value has to pass. */
    allowed: Text.optional(),
  })).max(COLUMNS_MAX),
  outputs: z.array(z.strictObject({
    name: Name.optional(),
    type: Type,
    /** Values in the order of their priority. */
    allowed: Text.optional(),
    default: Text.optional(),
  })).min(1).max(COLUMNS_MAX),
  rules: z.array(z.strictObject({
    when: z.array(Text).max(COLUMNS_MAX),
    then: z.array(Text).max(COLUMNS_MAX),
    note: z.string().max(500).optional(),
  })).max(RULES_MAX),
});
export type Table = z.output<typeof Table>;

export type Logic =
  | Table
  | { kind: "literal"; text: string }
  | { kind: "context"; entries: { name?: string | undefined; logic: Logic }[] }
  | { kind: "list"; items: Logic[] }
  | { kind: "relation"; columns: string[]; rows: Logic[][] }
  | { kind: "invocation"; callee: string; bindings: { name: string; logic: Logic }[] }
  | { kind: "function"; parameters: string[]; logic: Logic }
  | { kind: "conditional"; condition: Logic; then: Logic; otherwise: Logic };

const Literal = z.strictObject({ kind: z.literal("literal"), text: Text });

/** Built to a depth, so that what stands in it can be checked without an end in sight. */
function logicOf(depth: number): z.ZodType<Logic> {
  if (depth === 0) return z.union([Table, Literal]) as z.ZodType<Logic>;
  const inner = logicOf(depth - 1);
  return z.discriminatedUnion("kind", [
    Table,
    Literal,
    z.strictObject({
      kind: z.literal("context"),
      entries: z.array(z.strictObject({ name: Name.optional(), logic: inner })).max(PARTS_MAX),
    }),
    z.strictObject({ kind: z.literal("list"), items: z.array(inner).max(PARTS_MAX) }),
    z.strictObject({
      kind: z.literal("relation"),
      columns: z.array(Name).max(COLUMNS_MAX),
      rows: z.array(z.array(inner).max(COLUMNS_MAX)).max(RULES_MAX),
    }),
    z.strictObject({
      kind: z.literal("invocation"),
      callee: Text,
      bindings: z.array(z.strictObject({ name: Name, logic: inner })).max(COLUMNS_MAX),
    }),
    z.strictObject({
      kind: z.literal("function"),
      parameters: z.array(Name).max(COLUMNS_MAX),
      logic: inner,
    }),
    z.strictObject({
      kind: z.literal("conditional"),
      condition: inner,
      then: inner,
      otherwise: inner,
    }),
  ]) as z.ZodType<Logic>;
}
const AnyLogic = logicOf(DEPTH_MAX);

export const Model = z.strictObject({
  name: Name,
  namespace: z.string().max(500).default("https://praxis.example/decisions"),
  types: z.array(z.strictObject({
    name: Name,
    type: Type,
    isList: z.boolean().default(false),
    allowed: Text.optional(),
    parts: z.array(z.strictObject({
      name: Name,
      type: Type,
      isList: z.boolean().default(false),
      allowed: Text.optional(),
    })).max(PARTS_MAX).default([]),
  })).max(PARTS_MAX).default([]),
  inputs: z.array(z.strictObject({ name: Name, type: Type })).max(PARTS_MAX).default([]),
  /** Business knowledge models: functions that decisions call. */
  functions: z.array(z.strictObject({
    name: Name,
    parameters: z.array(Name).max(COLUMNS_MAX),
    needs: z.array(Name).max(PARTS_MAX).default([]),
    logic: AnyLogic,
  })).max(PARTS_MAX).default([]),
  decisions: z.array(z.strictObject({
    name: Name,
    type: Type,
    /** Names of the inputs, decisions and functions that it may use. */
    needs: z.array(Name).max(PARTS_MAX).default([]),
    logic: AnyLogic,
  })).min(1).max(PARTS_MAX),
}).openapi("DecisionModel", { type: "object" });
export type Model = z.output<typeof Model>;
export type Decision = Model["decisions"][number];
