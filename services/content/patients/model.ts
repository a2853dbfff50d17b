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

/** Does it say enough of a person to tell them from others? A sex or a year alone does not. */
export const isTelling = ({ identifiers, family, given, birthDate }: SeenPatient): boolean =>
  identifiers.some(({ system }) => system) ||
  words(family).size > 0 && (words(given?.join(" ")).size > 0 || birthDate !== undefined);

/** Is there something in both that only one person has? Saying nothing different is not enough. */
function isAlike(seen: SeenPatient, known: SeenPatient): boolean {
  if (compareIdentifiers(seen.identifiers, known.identifiers) === "same") return true;
  const isBornTheSame = compareDates(seen.birthDate, known.birthDate) === "same";
  const given = compareSets(words(seen.given?.join(" ")), words(known.given?.join(" ")));
  const family = compareSets(words(seen.family), words(known.family));
  return family === "same" || isBornTheSame && given === "same";
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

export type Finding = {
  /** Why it is somebody else's; empty when nothing says so. */
  reasons: Disagreement[];
  /** It may stand for the patient from now on. */
  teaches: boolean;
};

/**
 * `seen` against everything that is known of a patient: it is theirs when it is like one of those
 * and differs from that one in nothing. What can be compared with none is let in and teaches
 * nothing: a file without a name would open the chart to whoever comes next.
 */
export function findingOf(seen: SeenPatient | null, known: readonly SeenPatient[]): Finding {
  if (!seen) return { reasons: [], teaches: false };
  const telling = known.filter(isTelling);
  if (telling.length === 0) return { reasons: [], teaches: isTelling(seen) };
  const found = telling.map((identity) => ({ identity, reasons: disagreements(seen, identity) }));
  if (found.some(({ identity, reasons }) => reasons.length === 0 && isAlike(seen, identity))) {
    return { reasons: [], teaches: isTelling(seen) };
  }
  const differing = found.map(({ reasons }) => reasons).filter(({ length }) => length > 0);
  if (differing.length === 0) return { reasons: [], teaches: false };
  const reasons = differing.reduce((least, one) => one.length < least.length ? one : least);
  return { reasons, teaches: false };
}
