import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { SeenPatient } from "../ingestion/model.ts";
import { disagreements, findingOf } from "./model.ts";

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
  ];
  for (const [name, seen, found] of cases) {
    it(`of ${name}: ${found.join() || "none"}`, () =>
      deepEqual(disagreements({ ...maja, ...seen }, maja), found));
  }
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
