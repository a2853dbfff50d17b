import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { SeenPatient } from "../ingestion/model.ts";
import { disagreements, findingOf, findingOfSeveral, personsOf } from "./model.ts";

const maja: SeenPatient = {
  identifiers: [{ system: "urn:oid:1.2", value: "4711" }],
  family: "Lindqvist",
  given: ["Maja"],
  birthDate: "1984-02-17",
  sex: "female",
};

describe("disagreements", () => {
  const cases: [name: string, seen: Partial<SeenPatient>, found: string[]][] = [
    ["the same", {}, []],
    ["case and accents", { family: "LINDQVÍST" }, []],
    ["leading zeros", { identifiers: [{ system: "URN:OID:1.2", value: "004711" }] }, []],
    ["a number of another system", { identifiers: [{ system: "x", value: "1" }] }, []],
    ["a year alone", { birthDate: "1984" }, []],
    ["a new family name", { family: "Berg" }, []],
    ["a further name", { given: ["Maja", "Eva"], family: "Lindqvist-Berg" }, []],
    ["another number", { identifiers: [{ system: "urn:oid:1.2", value: "4712" }] }, ["identifier"]],
    ["another birth date", { birthDate: "1984-02-18" }, ["birth-date"]],
    ["another person", { family: "Berg", given: ["Olle"], identifiers: [] }, ["name"]],
    ["a twin", { given: ["Elsa"], identifiers: [] }, ["name"]],
    ["another sex without a number", { sex: "male", identifiers: [] }, ["sex"]],
    ["a further given name in front", { given: ["Elsa", "Maja"], identifiers: [] }, []],
    ["names in each other's place", { family: "Maja", given: ["Lindqvist"] }, []],
    ["the same without a number", { family: "Maja", given: ["Lindqvist"], identifiers: [] }, [
      "name",
    ]],
    ["an initial", { given: ["M."], identifiers: [] }, []],
    ["another initial", { given: ["E."], identifiers: [] }, ["name"]],
  ];
  for (const [name, seen, found] of cases) {
    it(`of ${name}: ${found.join() || "none"}`, () =>
      deepEqual(disagreements({ ...maja, ...seen }, maja), found));
  }
});

describe("disagreements, of names alone", () => {
  const found = (one: string, other: string, given = "Maria") => {
    const person = (family: string): SeenPatient => ({ identifiers: [], family, given: [given] });
    return disagreements(person(one), person(other));
  };
  const different: [one: string, other: string][] = [
    ["van Dijk", "van den Berg"],
    ["O'Brien", "O'Neill"],
    ["Al-Hassan", "Al-Masri"],
    ["de Souza", "de Oliveira"],
    ["Garcia Lopez", "Lopez Diaz"],
    ["Garcia Lopez", "Garcia"],
    ["欧阳", "欧"],
    ["Le", "Nguyen"],
    ["Bauer", "Baur"],
  ];
  for (const [one, other] of different) {
    it(`${one} is not ${other}`, () =>
      deepEqual([found(one, other), found(other, one)], [["name"], ["name"]]));
  }
  const same: [one: string, other: string][] = [
    ["van Dijk", "VANDIJK"],
    ["van Dijk", "Dijk"],
    ["O'Brien", "OBrien"],
    ["O’Brien", "O BRIEN"],
    ["Al-Hassan", "Alhassan"],
    ["Garcia-Lopez", "Lopez Garcia"],
    ["Müller", "MUELLER"],
    ["Müller", "Muller"],
    ["Le", "LE"],
    ["王", "王"],
  ];
  for (const [one, other] of same) {
    it(`${one} is ${other}`, () => deepEqual([found(one, other), found(other, one)], [[], []]));
  }
});

describe("findingOfSeveral", () => {
  const strangers = ["Berg", "Okonkwo"]
    .map((family): SeenPatient => ({ identifiers: [], family, given: ["Olle"] }));
  const known = [maja];
  const cases: [name: string, seen: SeenPatient[], found: string[]][] = [
    ["every one fits", [maja, { ...maja, identifiers: [] }], []],
    ["one is another", [maja, strangers[0]!], ["several-patients"]],
    ["one says too little", [maja, { identifiers: [{ value: "9" }] }], ["several-patients"]],
    ["all are others", strangers, ["name"]],
  ];
  for (const [name, seen, found] of cases) {
    it(`when ${name}: ${found.join() || "none"}`, () =>
      deepEqual(findingOfSeveral(seen, known), found));
  }
  it("belongs to nobody known", () =>
    deepEqual(findingOfSeveral([maja, maja], []), ["several-patients"]));
});

describe("personsOf", () => {
  it("takes two ways to write one for one, and no more", () => {
    const { sex: _, ...short } = maja;
    deepEqual(personsOf([maja, short]), { seen: maja });
    const john: SeenPatient = { identifiers: [], family: "Smith", given: ["John"] };
    deepEqual(personsOf([john, { ...john }]).isOfSeveral, true, "a name is many people's");
    const sister = { ...short, given: ["Elsa"], identifiers: [] };
    deepEqual(personsOf([maja, sister]).persons, [maja, sister]);
    deepEqual(personsOf([]), { seen: null });
  });
});

describe("findingOf", () => {
  const olle: SeenPatient = { identifiers: [], family: "Berg", given: ["Olle"] };
  const nobody: SeenPatient = { identifiers: [] };
  const number: SeenPatient = { identifiers: [{ system: "b", value: "8" }] };
  const reasonsOf = (seen: SeenPatient | null, known: SeenPatient[]) =>
    findingOf(seen, known).reasons;
  it("has no reasons while nobody is known, or nobody is seen", () => {
    deepEqual(findingOf(maja, []), { reasons: [], teaches: true });
    deepEqual(findingOf(null, [maja]), { reasons: [], teaches: false });
  });
  it("has none when one of those known agrees", () => deepEqual(reasonsOf(olle, [maja, olle]), []));
  it("has the fewest otherwise", () => deepEqual(reasonsOf(olle, [maja]), ["name"]));
  it("learns nothing from who says nothing, and agrees with no such person", () => {
    for (const weak of [nobody, { ...nobody, sex: "female" }, { ...nobody, birthDate: "1984" }]) {
      deepEqual(findingOf(weak, []), { reasons: [], teaches: false });
      deepEqual(reasonsOf(olle, [weak, maja]), ["name"]);
    }
  });
  it("learns nothing from what can be compared with nobody", () => {
    deepEqual(findingOf(number, [maja]), { reasons: [], teaches: false });
    // Known after all, since a person has released it: a name that differs is still held back.
    deepEqual(reasonsOf(olle, [maja, number]), ["name"]);
  });
});

describe("findingOf, with those known who say little", () => {
  const smith = (said: Partial<SeenPatient>): SeenPatient => ({
    identifiers: [],
    family: "Smith",
    ...said,
  });
  const john = smith({ given: ["John"], birthDate: "1970-03-03" });
  const numbered = { ...john, identifiers: [{ system: "a", value: "1" }] };
  const married = { ...maja, family: "Berg", identifiers: [] };
  const cases: [name: string, known: SeenPatient[], seen: SeenPatient, found: string[]][] = [
    [
      "an initial lets no other in",
      [john, smith({ given: ["J"] })],
      smith({ given: ["Jane"], birthDate: "1985-01-01" }),
      ["birth-date", "name"],
    ],
    [
      "nor with the day of birth",
      [john, smith({ given: ["J"], birthDate: "1970-03-03" })],
      smith({ given: ["Jane"], birthDate: "1970-03-03" }),
      ["name"],
    ],
    [
      "a year lets no other day in",
      [john, smith({ birthDate: "1970" })],
      smith({ birthDate: "1970-11-12" }),
      ["birth-date"],
    ],
    [
      "nor a whole name without a day",
      [john, smith({ given: ["John"] })],
      smith({ given: ["John"], birthDate: "1985-01-01" }),
      ["birth-date"],
    ],
    [
      "a day without a number lets no other number in",
      [john, numbered],
      { ...john, identifiers: [{ system: "a", value: "2" }] },
      ["identifier"],
    ],
    [
      "nobody without a sex lets the other in",
      [john, { ...john, sex: "male" }],
      { ...john, sex: "female" },
      ["sex"],
    ],
    ["a name that a particle is made of", [john, smith({ birthDate: "1970-03-03" })], {
      ...john,
      given: ["An"],
    }, ["name"]],
    ["first documents that say less", [smith({ given: ["J"] })], john, []],
    ["later ones that say less", [john], smith({ given: ["J"] }), []],
    [
      "the same that says less once more",
      [john, smith({ given: ["J"] })],
      smith({
        given: ["J"],
        birthDate: "1970",
      }),
      [],
    ],
    [
      "one who says it, beside another who was let in by a person",
      [smith({ given: ["Elsa"] }), john],
      smith({ given: ["J"], birthDate: "1970-03-03" }),
      [],
    ],
    [
      "a number alone does not, where the rest differs",
      [john, { identifiers: numbered.identifiers }],
      { ...numbered, family: "Smythe", birthDate: "1970-03-30" },
      ["birth-date", "name"],
    ],
    ["one of two numbers", [{ ...john, identifiers: [{ system: "a", value: "2" }] }, numbered], {
      ...numbered,
    }, []],
    [
      "who married, beside a document without the day",
      [smith({ family: "Lindqvist", given: ["Maja"] }), maja],
      married,
      [],
    ],
  ];
  for (const [name, known, seen, found] of cases) {
    it(`${name}: ${found.join() || "let in"}`, () =>
      deepEqual(
        [reasonsOf(seen, known), reasonsOf(seen, known.toReversed())],
        [found, found],
      ));
  }
  const reasonsOf = (seen: SeenPatient, known: SeenPatient[]) => findingOf(seen, known).reasons;

  it("holds for several as well", () =>
    deepEqual(
      findingOfSeveral([john, smith({ given: ["Jane"] })], [john, smith({ given: ["J"] })]),
      ["several-patients"],
    ));
});
