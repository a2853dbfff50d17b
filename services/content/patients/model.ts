/** Is the patient that a file speaks of the one it was filed for? */
import { fold } from "../indexing/model.ts";
import type { SeenPatient } from "../ingestion/model.ts";
import { compareNames, isNamed, isSpelledOut, type NameComparison } from "./names.ts";

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

/** To the day: a year in common has half a practice. */
const isBornOnOneDay = ({ birthDate: one }: SeenPatient, { birthDate: other }: SeenPatient) =>
  one?.length === 10 && one === other;

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
  isNamed(family) && (isNamed(given?.join(" ")) || birthDate !== undefined);

/** What is said of each, laid side by side. */
function compare(seen: SeenPatient, known: SeenPatient) {
  const identifiers = compareIdentifiers(seen.identifiers, known.identifiers);
  const isBornAlike = isBornOnOneDay(seen, known);
  const family = compareNames(seen.family, known.family);
  // Half of a name is many people's: it counts only beside something that few have.
  const isSure = isBornAlike || identifiers === "same";
  return {
    identifiers,
    isBornAlike,
    family: family === "part" && !isSure ? "different" : family,
    given: compareNames(seen.given?.join(" "), known.given?.join(" ")),
  };
}
const isMet = (comparison: NameComparison) => comparison === "same" || comparison === "part";

/** Is there something in both that only one person has? Saying nothing different is not enough. */
function isAlike(seen: SeenPatient, known: SeenPatient): boolean {
  const { identifiers, isBornAlike, family, given } = compare(seen, known);
  return identifiers === "same" || family === "same" ||
    isBornAlike && (isMet(family) || isMet(given));
}

const wholeName = ({ family, given = [] }: SeenPatient) => [...given, family].join(" ");

export type Disagreement = "identifier" | "birth-date" | "name" | "sex" | "several-patients";

/** One thing in which two may differ; for people, both sorts of names are `name`. */
type Difference = Exclude<Disagreement, "name" | "several-patients"> | "family" | "given";

/**
 * What tells `seen` from `known`. A family name may change when given name and birth date stay; a
 * sex may be registered anew when a number stays; a birth date or a number never differs by itself.
 */
function differences(seen: SeenPatient, known: SeenPatient): Difference[] {
  const { identifiers, isBornAlike, family, given } = compare(seen, known);
  const found: Difference[] = [];
  if (identifiers === "different") found.push("identifier");
  if (compareDates(seen.birthDate, known.birthDate) === "different") found.push("birth-date");
  const isRenamed = isMet(given) && isBornAlike;
  const isSwapped = identifiers === "same" && isBornAlike &&
    compareNames(wholeName(seen), wholeName(known)) === "same";
  if (family === "different" && !isRenamed && !isSwapped) found.push("family");
  // Twins: family and day are the same, only this is not.
  if (given === "different" && identifiers !== "same") found.push("given");
  const sexes = new Set([seen.sex, known.sex]);
  if (sexes.has("male") && sexes.has("female") && identifiers !== "same") found.push("sex");
  return found;
}

const reasonsOf = (found: readonly Difference[]): Disagreement[] => [
  ...new Set(found.map((one) => one === "family" || one === "given" ? "name" : one)),
];

/** Why `seen` is not `known`; empty when nothing says so. */
export const disagreements = (seen: SeenPatient, known: SeenPatient): Disagreement[] =>
  reasonsOf(differences(seen, known));

export type Finding = {
  /** Why it is somebody else's; empty when nothing says so. */
  reasons: Disagreement[];
  /** It may stand for the patient from now on. */
  teaches: boolean;
};

const saysAsMuch = (one: string | undefined, other: string | undefined) =>
  isSpelledOut(one) || isMet(compareNames(one, other));

/** Does `known`, whom `seen` fits, say at least as much as `seen` of that in which another differs? */
function settles(known: SeenPatient, seen: SeenPatient, difference: Difference): boolean {
  switch (difference) {
    case "identifier":
      return compareIdentifiers(seen.identifiers, known.identifiers) === "same";
    case "birth-date":
      return (known.birthDate ?? "").length >= (seen.birthDate ?? "").length;
    case "family":
      return saysAsMuch(known.family, seen.family);
    case "given":
      return saysAsMuch(known.given?.join(" "), seen.given?.join(" "));
    case "sex":
      return known.sex === seen.sex;
  }
}

/**
 * Against each of whom a patient is known to be; when like none, the fewest reasons against. One
 * who is known by an initial or a year fits many: he speaks for `seen` only in what he says himself.
 */
function compareWith(
  seen: SeenPatient,
  telling: readonly SeenPatient[],
): { isFitting: boolean; reasons: Disagreement[] } {
  const found = telling.map((identity) => differences(seen, identity));
  const all = [...new Set(found.flat())];
  const isFitting = telling.some((identity, at) =>
    found[at]!.length === 0 && isAlike(seen, identity) &&
    all.every((difference) => settles(identity, seen, difference))
  );
  if (isFitting) return { isFitting, reasons: [] };
  const reasons = found.map(reasonsOf).filter(({ length }) => length > 0)
    .sort((one, other) => one.length - other.length);
  return { isFitting, reasons: reasons[0] ?? [] };
}

/**
 * `seen` against everything that is known of a patient: it is theirs when it is like one of those
 * and differs from that one in nothing. What can be compared with none is let in and teaches
 * nothing: a file without a name would open the chart to whoever comes next.
 */
export function findingOf(seen: SeenPatient | null, known: readonly SeenPatient[]): Finding {
  if (!seen) return { reasons: [], teaches: false };
  const telling = known.filter(isTelling);
  if (telling.length === 0) return { reasons: [], teaches: isTelling(seen) };
  const { isFitting, reasons } = compareWith(seen, telling);
  return { reasons, teaches: isFitting && isTelling(seen) };
}

/**
 * Why a file that speaks of several is not the patient's: it is when every one of them is like whom
 * is known. When none is, their reasons say more than that they are several. With nobody known it
 * may be anybody's. Nobody is learnt from it.
 */
export function findingOfSeveral(
  seen: readonly SeenPatient[],
  known: readonly SeenPatient[],
): Disagreement[] {
  const telling = known.filter(isTelling);
  const found = seen.map((person) => compareWith(person, telling));
  if (found.every(({ isFitting }) => isFitting)) return [];
  return found.every(({ reasons }) => reasons.length > 0)
    ? [...new Set(found.flatMap(({ reasons }) => reasons))]
    : ["several-patients"];
}

/** Of more people than these a file is several patients', whoever they are. */
export const PERSONS_MAX = 20;

/** Whom a file speaks of, as readers hand it on: one, or all of the several. */
export type Persons = {
  seen: SeenPatient | null;
  isOfSeveral?: true;
  /** Missing where they are too many. */
  persons?: SeenPatient[];
};

/** Nobody is told by a sex alone. */
export const saysWho = ({ identifiers, family, given = [], birthDate }: SeenPatient): boolean =>
  identifiers.length > 0 || family !== undefined || given.length > 0 || birthDate !== undefined;

/** One person, written in two ways: a number or the whole birth date is the same, nothing differs. */
const isOnePerson = (one: SeenPatient, other: SeenPatient) =>
  disagreements(one, other).length === 0 && isAlike(one, other) &&
  (isBornOnOneDay(one, other) ||
    compareIdentifiers(one.identifiers, other.identifiers) === "same");

/** `all` that a file names, each once; who says nothing of himself is nobody beside others. */
export function personsOf(all: readonly SeenPatient[]): Persons {
  const named = all.filter(saysWho);
  const [first, ...others] = named;
  if (!first) return { seen: all[0] ?? null };
  if (named.length > PERSONS_MAX) return { seen: null, isOfSeveral: true };
  const isOne = others.every((other, at) =>
    [first, ...others.slice(0, at)].every((earlier) => isOnePerson(other, earlier))
  );
  return isOne ? { seen: first } : { seen: null, isOfSeveral: true, persons: named };
}
