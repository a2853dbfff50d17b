/** How alike two patients are, and why: a score from 0 to 100 with its reasons. */
import { z } from "@hono/zod-openapi";
import { comparable } from "../names/model.ts";
import type { HumanName, Identifier, PatientInput } from "../patients/model.ts";

export const Duplicate = z.object({
  patientId: z.uuid(),
  score: z.number().int().min(0).max(100),
  reasons: z.array(z.string()).openapi({ example: ["same birth date", "similar family name"] }),
}).openapi("PossibleDuplicate");
export type Duplicate = z.output<typeof Duplicate>;

/** From here on somebody should look. */
export const SCORE_MIN = 55;
export const DUPLICATES_MAX = 10;
/** How many candidates are compared. */
export const CANDIDATES_MAX = 100;

/** What two patients are compared by. */
export type Likeness = Pick<
  PatientInput,
  "name" | "otherNames" | "birthDate" | "sex" | "contacts" | "addresses" | "identifiers"
>;

type Finding = { points: number; reason: string };

/**
 * Edits (Levenshtein, a swap of neighbours is one) between two texts, at most `most` + 1. Looks
 * only at what lies within `most` of the diagonal: nothing beyond can come to fewer.
 */
export function editsBetween(a: string, b: string, most: number): number {
  const [s, t] = [[...a], [...b]];
  const tooMany = most + 1;
  if (Math.abs(s.length - t.length) > most) return tooMany;
  const blank = () => new Array<number>(t.length + 2).fill(tooMany);
  let [before, last, row] = [blank(), blank(), blank()];
  for (let j = 0; j <= Math.min(most, t.length); j++) last[j] = j;
  for (let i = 1; i <= s.length; i++) {
    const [from, to] = [Math.max(1, i - most), Math.min(t.length, i + most)];
    row[from - 1] = from === 1 ? i : tooMany;
    row[to + 1] = tooMany;
    let least = row[from - 1]!;
    for (let j = from; j <= to; j++) {
      const cost = s[i - 1] === t[j - 1] ? 0 : 1;
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      if (i > 1 && j > 1 && s[i - 1] === t[j - 2] && s[i - 2] === t[j - 1]) {
        edits = Math.min(edits, before[j - 2]! + 1);
      }
      row[j] = edits;
      least = Math.min(least, edits);
    }
    if (least > most) return tooMany;
    [before, last, row] = [last, row, before];
  }
  return Math.min(last[t.length]!, tooMany);
}

/** Short names leave no room for a slip of the pen. */
const areSimilar = (a: string, b: string) => {
  const length = Math.min(a.length, b.length);
  return length >= 4 && editsBetween(a, b, length >= 8 ? 2 : 1) <= (length >= 8 ? 2 : 1);
};

function compareParts(what: string, a: string, b: string, points: number): Finding | undefined {
  if (a === "" || b === "") return undefined;
  if (a === b) return { points, reason: `same ${what} name` };
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (areSimilar(a, b)) return { points: points * 0.7, reason: `similar ${what} name` };
  if (long.split(" ").some((word) => word === short) || long.startsWith(`${short} `)) {
    return { points: points * 0.7, reason: `part of the ${what} name` };
  }
  if (what === "given" && short.length === 1 && long.startsWith(short)) {
    return { points: points * 0.4, reason: "same initial" };
  }
  return undefined;
}

const sum = (findings: Finding[]) => findings.reduce((total, { points }) => total + points, 0);

/** Ten given names of 500 letters are valid, and letters beyond these tell nobody apart. */
const PART_LENGTH_MAX = 200;

type Parts = { family: string; given: string };

const partsOf = ({ family, given }: HumanName): Parts => ({
  family: comparable(family ?? "").slice(0, PART_LENGTH_MAX),
  given: comparable(given.join(" ")).slice(0, PART_LENGTH_MAX),
});

function compareNames(
  { family, given }: Parts,
  { family: otherFamily, given: otherGiven }: Parts,
): Finding[] {
  const straight = [
    compareParts("family", family, otherFamily, 28),
    compareParts("given", given, otherGiven, 22),
  ].filter((finding) => finding !== undefined);
  if (family !== "" && family === otherGiven && given === otherFamily) {
    return [{ points: 42, reason: "family and given name swapped" }];
  }
  return straight;
}

function compareBirthDates(a: string | null, b: string | null): Finding | undefined {
  if (!a || !b) return undefined;
  if (a === b) {
    return a.length === 10
      ? { points: 35, reason: "same birth date" }
      : { points: 15, reason: "same birth date, as far as it is known" };
  }
  const [year, month, day] = a.split("-");
  if (day && b === `${year}-${day}-${month}`) {
    return { points: 25, reason: "day and month of birth swapped" };
  }
  if (a.startsWith(b) || b.startsWith(a)) {
    return { points: 12, reason: "birth dates agree as far as known" };
  }
  if (a.length === b.length && editsBetween(a, b, 1) === 1) {
    return { points: 20, reason: "birth date differs by one slip" };
  }
  return { points: -25, reason: "different birth date" };
}

function compareIdentifiers(a: Identifier[], b: Identifier[]): Finding | undefined {
  const shared = a.find((one) =>
    b.some(({ system, value }) => one.system === system && one.value === value)
  );
  return shared && { points: 60, reason: "same identifier" };
}

const digits = (text: string) => text.replace(/\D/g, "").slice(-9);

function compareContacts(a: Likeness["contacts"], b: Likeness["contacts"]): Finding | undefined {
  const keys = (contacts: Likeness["contacts"]) =>
    contacts.map(({ kind, value }) => kind === "email" ? value.toLowerCase() : digits(value))
      .filter((key) => key.length >= 6);
  const theirs = new Set(keys(b));
  return keys(a).some((key) => theirs.has(key))
    ? { points: 15, reason: "same telephone number or address of mail" }
    : undefined;
}

function compareAddresses(a: Likeness["addresses"], b: Likeness["addresses"]): Finding | undefined {
  const keys = (addresses: Likeness["addresses"]) =>
    addresses.filter(({ postalCode, lines }) => postalCode && lines.length > 0)
      .map(({ postalCode, lines }) => comparable(`${postalCode} ${lines.join(" ")}`));
  const theirs = new Set(keys(b));
  return keys(a).some((key) => theirs.has(key))
    ? { points: 10, reason: "same postal address" }
    : undefined;
}

/** Every name against every name: a maiden name counts as much as the present one. */
export function compare(a: Likeness, b: Likeness): { score: number; reasons: string[] } {
  let names: Finding[] = [];
  const others = [b.name, ...b.otherNames].map(partsOf);
  for (const mine of [a.name, ...a.otherNames].map(partsOf)) {
    for (const theirs of others) {
      const findings = compareNames(mine, theirs);
      if (sum(findings) > sum(names)) names = findings;
    }
  }
  const differs = a.sex !== b.sex && a.sex !== "unknown" && b.sex !== "unknown";
  const findings = [
    compareIdentifiers(a.identifiers, b.identifiers),
    ...names,
    compareBirthDates(a.birthDate, b.birthDate),
    differs ? { points: -10, reason: "different sex" } : undefined,
    a.sex === b.sex && a.sex !== "unknown" ? { points: 5, reason: "same sex" } : undefined,
    compareContacts(a.contacts, b.contacts),
    compareAddresses(a.addresses, b.addresses),
  ].filter((finding) => finding !== undefined);
  const score = Math.max(0, Math.min(100, Math.round(sum(findings))));
  return { score, reasons: findings.map(({ reason }) => reason) };
}
