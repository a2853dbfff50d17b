/** Names made comparable. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { comparable, keysOf } from "./model.ts";

describe("comparable", () => {
  const names: Record<string, string> = {
    "O’Néill-Łoś": "oneill los",
    "  MÜLLER   von  Groß ": "muller von gross",
    "Ångström": "angstrom",
    "İpek Işık": "ipek isik",
    "مُحَمَّد": "محمد",
    "山田": "山田",
    "ﬁ": "fi",
    "!!!": "",
    "": "",
  };
  for (const [name, expected] of Object.entries(names)) {
    it(`makes “${name}” “${expected}”`, () => equal(comparable(name), expected));
  }
});

describe("keysOf", () => {
  it("has family first and given first, each once", () => {
    deepEqual(keysOf([{ family: "Kuhlman", given: ["Brady", "J."] }]), [
      { key: " kuhlman brady j", isChief: true },
      { key: " brady j kuhlman", isChief: false },
    ]);
    deepEqual(keysOf([{ family: "Solo", given: [] }, { family: null, given: ["!"] }]), [
      { key: " solo", isChief: true },
    ]);
  });

  it("stays within what an index takes", () => {
    for (const { key } of keysOf([{ family: "م".repeat(500), given: ["x".repeat(500)] }])) {
      ok(new TextEncoder().encode(key).length < 2_000);
    }
  });
});
