/** What a score is: its inputs with their units, and the published arithmetic over them. */
import { z } from "@hono/zod-openapi";
import { IntendedUse } from "../stance/model.ts";
import type { Substance } from "../units/units.ts";

type Common = {
  name: string;
  title: string;
  /** Other names that people send it under. */
  also?: readonly string[];
  isOptional?: true;
  /** A value that is known to be older does not count. */
  hoursMax?: number;
  /** LOINC codes of observations that say it, for hooks. */
  loinc?: readonly string[];
};
export type Quantity = Common & {
  kind: "quantity";
  /** UCUM. A quantity of unit `1` may be sent without one. */
  unit: string;
  /** What is outside was not measured but mistyped. */
  range: readonly [min: number, max: number];
  /** As fine as the published table distinguishes: a value is rounded to it first. */
  decimals?: number;
  substance?: Substance;
};
export type Flag = Common & { kind: "flag" };
export type Choice = Common & {
  kind: "choice";
  /** What may be sent, and what it means. */
  options: Readonly<Record<string, string>>;
};
export type Ordinal = Common & { kind: "ordinal"; range: readonly [min: number, max: number] };
export type Input = Quantity | Flag | Choice | Ordinal;

export type Value = number | boolean | string;
export type Values = Readonly<Record<string, Value>>;

export type Computed = {
  score: number;
  band: string;
  /** Points by input, or the terms of a formula. */
  parts: Record<string, number>;
  notes?: string[];
};
/** What keeps a score from being told, by the name of an input. */
export type Gap = { input: string; reason: string };

export type Score = {
  name: string;
  title: string;
  /** Names the publication and year: formulas under one name differ. */
  version: string;
  source: string;
  unit?: string;
  inputs: readonly Input[];
  compute(values: Values): Computed | { gaps: Gap[] };
};

export const num = (values: Values, name: string): number => values[name] as number;
export const points = (condition: unknown, of = 1): number => condition === true ? of : 0;
export const sum = (parts: Record<string, number>): number =>
  Object.values(parts).reduce((total, one) => total + one, 0);

/** The text of the first row that `value` does not exceed. */
export function bandOf(value: number, rows: readonly (readonly [max: number, band: string])[]) {
  return rows.find(([max]) => value <= max)![1];
}

const Given = z.union([
  z.strictObject({
    value: z.union([z.number(), z.boolean(), z.string().max(100), z.null()]).optional(),
    unit: z.string().max(200).nullable().optional(),
    at: z.iso.datetime({ offset: true }).nullable().optional(),
  }),
  z.number(),
  z.boolean(),
  z.string().max(100),
  z.null(),
]);
export type Given = z.output<typeof Given>;

const isWrapped = (value: unknown): value is { inputs: unknown } =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "inputs";

/** Straight, or under `inputs`. */
export const ScoreInputs = z.preprocess(
  (value) => isWrapped(value) ? value.inputs : value,
  z.record(z.string().max(60), z.union([Given, z.array(Given).max(20)])),
).openapi("ScoreInputs", {
  type: "object",
  example: { temperature: { value: 38.1, unit: "Cel", at: "2026-01-05T11:50:00Z" } },
});
export type ScoreInputs = z.output<typeof ScoreInputs>;

const UsedInput = z.object({
  value: z.union([z.number(), z.boolean(), z.string()]),
  unit: z.string().optional(),
  at: z.string().optional(),
});

export const ScoreAnswer = z.union([
  z.object({
    status: z.literal("scored"),
    name: z.string(),
    score: z.number(),
    unit: z.string().optional(),
    band: z.string(),
    version: z.string(),
    source: z.string(),
    inputs: z.record(z.string(), UsedInput),
    parts: z.record(z.string(), z.number()),
    notes: z.array(z.string()),
    intendedUse: IntendedUse.optional(),
  }),
  z.object({
    status: z.literal("indeterminate"),
    name: z.string(),
    version: z.string(),
    missing: z.array(z.string()).openapi({ description: "Absent, without a unit, not usable." }),
    stale: z.array(z.string()),
    reasons: z.array(z.object({ input: z.string(), reason: z.string() })),
    intendedUse: IntendedUse.optional(),
  }),
]).openapi("ScoreAnswer");
export type ScoreAnswer = z.output<typeof ScoreAnswer>;

export const ScoreDescription = z.object({
  name: z.string(),
  title: z.string(),
  version: z.string(),
  source: z.string(),
  unit: z.string().optional(),
  inputs: z.array(z.object({
    name: z.string(),
    title: z.string(),
    kind: z.enum(["quantity", "flag", "choice", "ordinal"]),
    unit: z.string().optional(),
    range: z.array(z.number()).optional(),
    options: z.array(z.string()).optional(),
    isOptional: z.boolean(),
    hoursMax: z.number().optional(),
  })),
  intendedUse: IntendedUse,
  isAllowed: z.boolean(),
}).openapi("Score");
export type ScoreDescription = z.output<typeof ScoreDescription>;
export const ScoreList = z.object({ items: z.array(ScoreDescription) }).openapi("ScoreList");
