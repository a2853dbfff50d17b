import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { ofVersion, versionFor, VersionWeights } from "./versions.ts";

const organizations = Array.from({ length: 5_000 }, newId);
const share = (weights: Record<string, number>) =>
  organizations.filter((id) => versionFor({ weights, organizations: {} }, "workflow", id) === "2");

describe("versions side by side", () => {
  it("meet the share of organizations that their weight says", () => {
    const count = share({ "1": 9, "2": 1 }).length;
    ok(count > 400 && count < 600, `${count} of 5000`);
    equal(share({ "1": 1, "2": 0 }).length, 0);
    equal(share({ "1": 0, "2": 1 }).length, 5_000);
  });

  it("keep whom they have when their weight grows", () => {
    const grown = new Set(share({ "1": 7, "2": 3 }));
    ok(share({ "1": 9, "2": 1 }).every((id) => grown.has(id)));
  });

  it("may be given to one organization", () => {
    const [id] = organizations as [string];
    const weights = { weights: { "1": 1 }, organizations: { [id]: { "2": 1 } } };
    equal(versionFor(weights, "workflow", id), "2");
    equal(versionFor(weights, "workflow", organizations[1]!), "1");
  });

  const instance = (id: string, version: string) => ({ id, url: `http://${id}`, version });
  const weights = { weights: { "2": 1 }, organizations: {} };

  it("are chosen among the instances that are there", () => {
    const [one, two] = [instance("a", "1"), instance("b", "2")];
    deepEqual(ofVersion([one, two], weights, "workflow", "x"), [two]);
    deepEqual(ofVersion([one, two], undefined, "workflow", "x"), [one, two]);
  });

  it("give way to another version when theirs is gone", () => {
    const others = [instance("a", "1"), instance("b", "1")];
    deepEqual(ofVersion(others, weights, "workflow", "x"), others);
  });

  for (const bad of [{ "1": -1 }, { "1": 0 }, {}, { "1": "9" }]) {
    it(`refuse weights like ${JSON.stringify(bad)}`, () => {
      equal(VersionWeights.safeParse({ workflow: { weights: bad } }).success, false);
    });
  }
});
