/** Scores: which there are, and what they say of what was sent. A missing value is never a normal one. */
import { convert, tidy } from "../units/units.ts";
import { acute } from "./acute.ts";
import { laboratory } from "./laboratory.ts";
import type { Gap, Given, Input, Score, ScoreAnswer, ScoreInputs, Value } from "./model.ts";
import { scales } from "./scales.ts";
import { vascular } from "./vascular.ts";

export const scores: readonly Score[] = [...acute, ...vascular, ...laboratory, ...scales];

/** `CHA₂DS₂-VASc`, `cha2ds2_vasc` and `cha2ds2-vasc` are one name. */
const plain = (name: string) =>
  name.normalize("NFKC").toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

const ALSO = new Map([
  ["egfr", "ckd-epi-2021"],
  ["ckdepi", "ckd-epi-2021"],
  ["egfrckdepi2021", "ckd-epi-2021"],
  ["meld3", "meld-3.0"],
  ["meld", "meld-3.0"],
  ["gcs", "glasgow"],
  ["glasgowcomascale", "glasgow"],
]);
const byName = new Map(scores.map((score) => [plain(score.name), score]));

export const findScore = (name: string): Score | undefined =>
  byName.get(plain(name)) ?? byName.get(plain(ALSO.get(plain(name)) ?? ""));

/** A clock that is a little ahead is no reason to refuse. */
const AHEAD_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;

type Used = { value: Value; unit?: string; at?: string };
type ReadResult = { used: Used } | { gap: string; isStale?: true };

const asObject = (given: Given | undefined) =>
  typeof given === "object" && given !== null ? given : { value: given ?? null };

/** Half up, as people round; what a conversion has added behind the twelfth digit does not count. */
const roundTo = (value: number, decimals: number) => {
  const factor = 10 ** decimals;
  return Math.round(tidy(value * factor)) / factor;
};

function valueOf(input: Input, value: Value, unit: string | undefined): Value | { gap: string } {
  if (input.kind === "flag") {
    return typeof value === "boolean" ? value : { gap: "is not a yes or no" };
  }
  if (input.kind === "choice") {
    const options = new Map(
      Object.entries(input.options).map(([name, meaning]) => [name.toLowerCase(), meaning]),
    );
    const known = typeof value === "string" && options.get(value.trim().toLowerCase());
    return known || { gap: `is none of ${Object.keys(input.options).join(", ")}` };
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return { gap: "is not a number" };
  const [min, max] = input.range;
  if (input.kind === "ordinal") {
    const isFit = Number.isInteger(value) && value >= min && value <= max;
    return isFit ? value : { gap: `is not a whole number from ${min} to ${max}` };
  }
  const isBare = unit === undefined || unit === "";
  if (isBare && input.unit !== "1") return { gap: "has no unit" };
  const converted = isBare ? value : convert(value, unit, input.unit, input.substance);
  if (converted === undefined) return { gap: `cannot be converted to ${input.unit}` };
  const rounded = input.decimals === undefined ? converted : roundTo(converted, input.decimals);
  return rounded >= min && rounded <= max ? rounded : { gap: `is not from ${min} to ${max}` };
}

function readInput(input: Input, given: Given | undefined, now: Date): ReadResult {
  const { value, unit, at } = asObject(given) as {
    value?: Value | null;
    unit?: string | null;
    at?: string | null;
  };
  if (value === null || value === undefined || value === "") return { gap: "missing" };
  if (at) {
    const ageMs = now.getTime() - Date.parse(at);
    if (ageMs < -AHEAD_MS) return { gap: "is from the future" };
    if (input.hoursMax !== undefined && ageMs > input.hoursMax * HOUR_MS) {
      return { gap: `is older than ${input.hoursMax} hours`, isStale: true };
    }
  }
  const read = valueOf(input, value, unit ?? undefined);
  if (typeof read === "object") return read;
  const used = {
    value: read,
    ...(input.kind === "quantity" ? { unit: input.unit } : {}),
    ...(at ? { at } : {}),
  };
  return { used };
}

/** `items: […]` of a questionnaire are `item1`, `item2`, …. */
const flatten = (sent: ScoreInputs): Record<string, Given | undefined> =>
  Object.fromEntries(
    Object.entries(sent).flatMap(([name, one]) =>
      Array.isArray(one) ? one.map((item, n) => [`item${n + 1}`, item]) : [[name, one]]
    ),
  );

/** Names that the score has no input for: somebody meant something that would be lost. */
export function unknownInputs(score: Score, sent: ScoreInputs): string[] {
  const known = new Set(
    score.inputs.flatMap(({ name, also = [] }) => [name, ...also].map(plain)),
  );
  return Object.keys(flatten(sent)).filter((name) => !known.has(plain(name)));
}

/** Pure: `now` is only for how old a value is. */
export function compute(score: Score, sent: ScoreInputs, now: Date): ScoreAnswer {
  const given = new Map(Object.entries(flatten(sent)).map(([name, one]) => [plain(name), one]));
  const used: Record<string, Used> = {};
  const gaps: (Gap & { isStale?: true })[] = [];
  for (const input of score.inputs) {
    const named = [input.name, ...input.also ?? []].map(plain).find((name) => given.has(name));
    const one = named === undefined ? undefined : given.get(named);
    // What may be left out may still not be wrong.
    if (input.isOptional && (one === undefined || one === null)) continue;
    const result = readInput(input, one, now);
    if ("used" in result) used[input.name] = result.used;
    else {
      const { gap: reason, ...rest } = result;
      gaps.push({ input: input.name, reason, ...rest });
    }
  }
  const { name, version, source, unit } = score;
  const values = Object.fromEntries(Object.entries(used).map(([key, { value }]) => [key, value]));
  const computed = gaps.length > 0 ? { gaps } : score.compute(values);
  if ("gaps" in computed) {
    const found: (Gap & { isStale?: true })[] = computed.gaps;
    const named = (isStale: boolean) =>
      found.filter((gap) => (gap.isStale ?? false) === isStale).map(({ input }) => input);
    return {
      status: "indeterminate",
      name,
      version,
      missing: named(false),
      stale: named(true),
      reasons: found.map(({ input, reason }) => ({ input, reason })),
    };
  }
  return {
    status: "scored",
    name,
    score: computed.score,
    ...(unit === undefined ? {} : { unit }),
    band: computed.band,
    version,
    source,
    inputs: used,
    parts: computed.parts,
    notes: computed.notes ?? [],
  };
}
