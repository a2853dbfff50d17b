import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { SeenPatient } from "../ingestion/model.ts";
import { disagreements, quarantineReasons } from "./model.ts";

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

describe("quarantineReasons", () => {
  const olle: SeenPatient = { identifiers: [], family: "Berg", given: ["Olle"] };
  it("are none while nobody is known, or nobody is seen", () => {
    deepEqual(quarantineReasons(maja, []), []);
    deepEqual(quarantineReasons(null, [maja]), []);
  });
  it("are none when one of those known agrees", () =>
    deepEqual(quarantineReasons(olle, [maja, olle]), []));
  it("are the fewest otherwise", () => deepEqual(quarantineReasons(olle, [maja]), ["name"]));
});
