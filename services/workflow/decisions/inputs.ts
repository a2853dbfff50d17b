/** Inputs of a rule: converted, dated and typed, or named as missing. A cell never sees a guess. */
import { ageOn, type Facts, LOINC, type Observed } from "../facts/model.ts";
import type { ScoreInputs } from "../scores/model.ts";
import { compute, findScore } from "../scores/scores.ts";
import { convert } from "../units/units.ts";
import type { GivenInputs, Result, RuleDocument, RuleInput, Source } from "./model.ts";

type Gap = { input: string; reason: string; isStale?: true };
type Used = Result["inputs"];
export type Read = {
  values: Record<string, unknown>;
  used: Used;
  gaps: Gap[];
};

const AHEAD_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

type One = Omit<Partial<Observed>, "value"> & { value?: unknown };

const asObject = (given: unknown): One =>
  typeof given === "object" && given !== null ? given as One : { value: given };

/** Neither a value nor a value with a unit: the inputs of a score. */
const isNested = (given: unknown): given is ScoreInputs =>
  typeof given === "object" && given !== null &&
  !Object.keys(given).every((key) => key === "value" || key === "unit" || key === "at");

function fromScore(name: string, sent: ScoreInputs, now: Date): One | Gap[] {
  const score = findScore(name);
  if (!score) return [{ input: name, reason: "There is no such score." }];
  const answer = compute(score, sent, now);
  if (answer.status === "indeterminate") {
    return answer.reasons.map(({ input, reason }) => ({
      input: `${name}.${input}`,
      reason,
      ...(answer.stale.includes(input) ? { isStale: true as const } : {}),
    }));
  }
  // As old as the oldest value in it.
  const times = Object.values(answer.inputs).flatMap(({ at }) => at ?? []).sort();
  return { value: answer.score, ...(times[0] === undefined ? {} : { at: times[0] }) };
}

function fit(
  { unit, hoursMax }: RuleInput,
  type: string | undefined,
  given: One,
  now: Date,
): { value: unknown } | Omit<Gap, "input"> {
  const { value, at } = given;
  if (value === null || value === undefined || value === "") return { reason: "missing" };
  const ageMs = at ? now.getTime() - Date.parse(at) : undefined;
  if (Number.isNaN(ageMs)) return { reason: "has no time that can be read" };
  if (ageMs !== undefined && ageMs < -AHEAD_MS) return { reason: "is from the future" };
  if (hoursMax !== undefined) {
    if (ageMs === undefined) return { reason: "has no time" };
    if (ageMs > hoursMax * HOUR_MS) {
      return { reason: `is older than ${hoursMax} hours`, isStale: true };
    }
  }
  if (type === "number" || unit !== undefined) {
    if (typeof value !== "number" || !Number.isFinite(value)) return { reason: "is not a number" };
    const sent = given.unit ?? "";
    if (unit === undefined) {
      return sent === "" || sent === "1" ? { value } : { reason: "has a unit where none is known" };
    }
    if (sent === "" && unit !== "1") return { reason: "has no unit" };
    const converted = sent === "" ? value : convert(value, sent, unit);
    return converted === undefined
      ? { reason: `cannot be converted to ${unit}` }
      : { value: converted };
  }
  if ((type === "string" || type === "boolean") && typeof value !== type) {
    return { reason: `is not a ${type}` };
  }
  return { value };
}

/** What a caller has sent by the names of the model's inputs. */
export function readInputs(
  { model, inputs }: Pick<RuleDocument, "model" | "inputs">,
  given: GivenInputs | Record<string, unknown>,
  now: Date,
): Read {
  const read: Read = { values: {}, used: {}, gaps: [] };
  for (const { name, type } of model.inputs) {
    const spec = inputs.find((one) => one.name === name) ?? { name, isOptional: false };
    const sent = Object.hasOwn(given, name) ? (given as Record<string, unknown>)[name] : undefined;
    const nested = isNested(sent);
    const scored = spec.from && "score" in spec.from && nested
      ? fromScore(spec.from.score, sent, now)
      : undefined;
    if (Array.isArray(scored)) {
      read.gaps.push(...scored);
      continue;
    }
    const one = scored ?? (nested ? {} : asObject(sent));
    const isAbsent = one.value === undefined || one.value === null;
    read.values[name] = null;
    if (isAbsent && spec.isOptional) continue;
    const fitted = fit(spec, type, one, now);
    if ("reason" in fitted) {
      read.gaps.push({ input: name, ...fitted });
      continue;
    }
    read.values[name] = fitted.value;
    read.used[name] = {
      value: fitted.value,
      ...(spec.unit === undefined ? {} : { unit: spec.unit }),
      ...(one.at ? { at: one.at } : {}),
    };
  }
  return read;
}

function observed(facts: Facts, keys: readonly string[]): Observed | undefined {
  const found = keys.flatMap((key) =>
    Object.hasOwn(facts.observations, key) ? facts.observations[key]! : []
  );
  return found.sort((a, b) => (a.at ?? "") < (b.at ?? "") ? 1 : -1)[0];
}

/** A flow of oxygen, or a yes, is a yes. */
const asFlag = ({ value, at }: Observed): Observed => ({
  value: typeof value === "number" ? value > 0 : value,
  at,
});

function scoreFrom(name: string, facts: Facts, now: Date): ScoreInputs {
  const age = ageOn(facts.patient.birthDate, now);
  const inputs: ScoreInputs = {};
  for (const input of findScore(name)?.inputs ?? []) {
    const found = observed(facts, (input.loinc ?? []).map((code) => `${LOINC}|${code}`));
    if (found) inputs[input.name] = input.kind === "flag" ? asFlag(found) : found;
    else if (input.name === "age" && age !== undefined) inputs.age = { value: age, unit: "a" };
    else if (input.name === "sex" && facts.patient.sex) inputs.sex = facts.patient.sex;
  }
  return inputs;
}

function find(source: Source, facts: Facts, now: Date): unknown {
  if ("score" in source) return scoreFrom(source.score, facts, now);
  if ("patient" in source) {
    if (source.patient === "sex") return { value: facts.patient.sex };
    const value = ageOn(facts.patient.birthDate, now);
    return { value, unit: "a", at: now.toISOString() };
  }
  return observed(facts, source.observation.map(({ system, code }) => `${system}|${code}`));
}

/** What is known of a patient by the names of a rule's inputs. */
export const givenFrom = (
  inputs: readonly RuleInput[],
  facts: Facts,
  now: Date,
): Record<string, unknown> =>
  Object.fromEntries(
    inputs.flatMap(({ name, from }) => from ? [[name, find(from, facts, now)]] : []),
  );
