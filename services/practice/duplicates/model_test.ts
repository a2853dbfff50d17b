/** How alike two patients are: what should be noticed is, what should not is not. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { PatientInput } from "../patients/model.ts";
import { compare, editsBetween, SCORE_MIN } from "./model.ts";

const person = (given: Record<string, unknown> = {}) =>
  PatientInput.parse({
    name: { family: "Kuhlman", given: ["Brady"] },
    birthDate: "1970-07-25",
    sex: "male",
    ...given,
  });
const named = (family: string, ...given: string[]) => ({ name: { family, given } });
const scoreOf = (other: Record<string, unknown>) => compare(person(), person(other)).score;

describe("compare", () => {
  it("is done in time with the longest names that are valid", () => {
    const given = (last: string) => Array.from({ length: 10 }, () => "ab".repeat(249) + last);
    const many = (from: number) =>
      person({
        name: { family: "Long", given: given("x") },
        otherNames: Array.from({ length: 20 }, (_, n) => ({
          use: "old",
          family: "Long",
          given: given(String.fromCodePoint(0x4e00 + from + n)),
        })),
      });
    const begun = performance.now();
    ok(compare(many(0), many(20)).score >= SCORE_MIN);
    const ms = performance.now() - begun;
    ok(ms < 2_000, `${Math.round(ms)} ms`);
  });

  const alike: Record<string, Record<string, unknown>> = {
    "the same": {},
    "a slip in the family name": named("Kuhlmann", "Brady"),
    "two letters swapped": named("Kulhman", "Brady"),
    "names swapped": named("Brady", "Kuhlman"),
    "one of two given names": named("Kuhlman", "Brady James"),
    "an initial": named("Kuhlman", "B."),
    "accents": named("Kühlman", "Brády"),
    "another script's marks and case": named("KUHLMAN", "brady"),
    "a maiden name": {
      ...named("Smith", "Brady"),
      otherNames: [{ use: "maiden", family: "Kuhlman" }],
    },
    "a year that is all that is known": { birthDate: "1970" },
    "a slip in the birth date": { birthDate: "1970-07-26" },
    "an unknown sex": { sex: "unknown" },
  };
  for (const [what, other] of Object.entries(alike)) {
    it(`notices ${what}`, () => {
      ok(scoreOf(other) >= SCORE_MIN, `${scoreOf(other)}`);
    });
  }

  const different: Record<string, Record<string, unknown>> = {
    "the same birth date only": named("Novak", "Pavel"),
    "a brother": { ...named("Kuhlman", "Peter"), birthDate: "1972-01-03" },
    "a twin sister": { ...named("Kuhlman", "Anna"), sex: "female" },
    "a namesake of another age": { birthDate: "1931-12-02" },
    "nothing in common": { ...named("X", "Y"), birthDate: null, sex: "unknown" },
  };
  for (const [what, other] of Object.entries(different)) {
    it(`does not insist on ${what}`, () => {
      ok(scoreOf(other) < 75, `${scoreOf(other)}`);
      ok(scoreOf(other) < scoreOf({}));
    });
  }

  it("gives the same score either way round, from 0 to 100, with its reasons", () => {
    for (const other of [...Object.values(alike), ...Object.values(different)]) {
      const [a, b] = [person(), person(other)];
      deepEqual(compare(a, b), compare(b, a));
      ok(compare(a, b).score >= 0 && compare(a, b).score <= 100);
    }
    deepEqual(
      compare(person(), person()).reasons,
      [
        "same family name",
        "same given name",
        "same birth date",
        "same sex",
      ],
    );
    const far = person({ ...named("X", "Y"), birthDate: "1900-01-01", sex: "female" });
    equal(compare(person(), far).score, 0);
  });

  it("sees that day and month of birth are swapped", () => {
    const [a, b] = [person({ birthDate: "1970-05-07" }), person({ birthDate: "1970-07-05" })];
    ok(compare(a, b).reasons.includes("day and month of birth swapped"));
    ok(compare(a, b).score >= SCORE_MIN);
  });

  it("sees the same number, address and identifier", () => {
    const contact = (value: string) => ({ contacts: [{ kind: "phone", value }] });
    const address = { addresses: [{ lines: ["1 Quay"], postalCode: "29200" }] };
    const identifier = { identifiers: [{ system: "urn:x", value: "1" }] };
    const both = (a: object, b: object) => compare(person(a as never), person(b as never)).reasons;
    ok(
      both(contact("+41 79 123 45 67"), contact("079 123 45 67"))
        .includes("same telephone number or address of mail"),
    );
    ok(both(address, address).includes("same postal address"));
    ok(both(identifier, identifier).includes("same identifier"));
  });

  it("compares names of five hundred letters, and of one, in any script", () => {
    const long = named("م".repeat(500), "ل".repeat(500));
    equal(compare(person(long), person(long)).score, 90);
    equal(compare(person(named("X", "Y")), person(named("X", "Y"))).score, 90);
  });
});

describe("editsBetween", () => {
  it("counts up to a limit", () => {
    equal(editsBetween("kuhlman", "kuhlman", 2), 0);
    equal(editsBetween("kuhlman", "kulhman", 2), 1);
    equal(editsBetween("kuhlman", "kuhlmann", 2), 1);
    equal(editsBetween("abc", "xyz", 2), 3);
    equal(editsBetween("", "abc", 1), 2);
  });
});
