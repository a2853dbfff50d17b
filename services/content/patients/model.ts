/** Is the patient that a file speaks of the one it was filed for? */
import { fold, wordsOf } from "../indexing/model.ts";
import type { SeenPatient } from "../ingestion/model.ts";

const words = (text: string | undefined) =>
  new Set([...wordsOf(text ?? "")].map(({ term }) => term));
const shares = (one: ReadonlySet<string>, other: ReadonlySet<string>) =>
  [...one].some((word) => other.has(word));

type Comparison = "same" | "different" | "unknown";

const compareSets = (one: ReadonlySet<string>, other: ReadonlySet<string>): Comparison =>
  one.size === 0 || other.size === 0 ? "unknown" : shares(one, other) ? "same" : "different";

/** A year alone agrees with every day in it. */
function compareDates(one: string | undefined, other: string | undefined): Comparison {
  if (!one || !other) return "unknown";
  const length = Math.min(one.length, other.length);
  return one.slice(0, length) === other.slice(0, length) ? "same" : "different";
}

const normal = (value: string) => fold(value.replace(/\s+/g, "")).replace(/^0+(?=.)/, "");

/** Numbers of one system can be compared; those of different systems, or of none, say nothing. */
function compareIdentifiers(
  one: SeenPatient["identifiers"],
  other: SeenPatient["identifiers"],
): Comparison {
  const bySystem = (list: SeenPatient["identifiers"]) => {
    const systems = new Map<string, Set<string>>();
    for (const { system, value } of list) {
      if (!system) continue;
      const key = system.trim().toLowerCase();
      systems.set(key, (systems.get(key) ?? new Set()).add(normal(value)));
    }
    return systems;
  };
  const [ones, others] = [bySystem(one), bySystem(other)];
  const results = [...ones].flatMap(([system, values]) => {
    const known = others.get(system);
    return known ? [compareSets(values, known)] : [];
  });
  if (results.includes("same")) return "same";
  return results.includes("different") ? "different" : "unknown";
}

export type Disagreement = "identifier" | "birth-date" | "name" | "sex";

/**
 * What tells `seen` from `known`. A family name may change when given name and birth date stay; a
 * sex may be registered anew when a number stays; a birth date or a number never differs by itself.
 */
export function disagreements(seen: SeenPatient, known: SeenPatient): Disagreement[] {
  const identifiers = compareIdentifiers(seen.identifiers, known.identifiers);
  const birth = compareDates(seen.birthDate, known.birthDate);
  const family = compareSets(words(seen.family), words(known.family));
  const given = compareSets(words(seen.given?.join(" ")), words(known.given?.join(" ")));
  const found: Disagreement[] = [];
  if (identifiers === "different") found.push("identifier");
  if (birth === "different") found.push("birth-date");
  const isRenamed = given === "same" && birth === "same";
  if (family === "different" && !isRenamed) found.push("name");
  // Twins: family and day are the same, only this is not.
  else if (given === "different" && identifiers !== "same") found.push("name");
  const sexes = new Set([seen.sex, known.sex]);
  if (sexes.has("male") && sexes.has("female") && identifiers !== "same") found.push("sex");
  return found;
}

/** Empty when `seen` agrees with one of `known`, or when nobody is known yet. */
export function quarantineReasons(
  seen: SeenPatient | null,
  known: readonly SeenPatient[],
): Disagreement[] {
  if (!seen || known.length === 0) return [];
  const found = known.map((identity) => disagreements(seen, identity));
  if (found.some((reasons) => reasons.length === 0)) return [];
  return found.reduce((least, reasons) => reasons.length < least.length ? reasons : least);
}
