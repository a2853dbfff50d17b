import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { constraintOf, emptyConstraint, faultsOf, isKey } from "./compliance.ts";

const response = {
  ...emptyConstraint,
  name: "Called back",
  activity: "assess",
  target: "callPatient",
  withinMinutes: "60",
};

describe("the form of a constraint", () => {
  it("asks for what its template needs, and for nothing else", () => {
    deepEqual([...faultsOf(emptyConstraint)], ["name", "activity", "target"]);
    deepEqual([...faultsOf(response)], []);
    deepEqual([...faultsOf({ ...response, target: "assess" })], ["target"]);
    deepEqual([...faultsOf({ ...response, withinMinutes: "soon" })], ["withinMinutes"]);
    deepEqual([...faultsOf({ ...response, template: "existence", target: "", count: "0" })], [
      "count",
    ]);
    deepEqual([...faultsOf({ ...response, template: "init", target: "", withinMinutes: "x" })], []);
  });

  it("sends what its template takes", () => {
    const { withinMinutes, target, count } = constraintOf(response);
    deepEqual({ withinMinutes, target, count }, {
      withinMinutes: 60,
      target: "callPatient",
      count: undefined,
    });
    const last = constraintOf({ ...response, template: "last" });
    deepEqual([last.withinMinutes, last.target], [undefined, undefined]);
    deepEqual(constraintOf({ ...response, template: "exactly", count: "2" }).count, 2);
  });

  it("has a short name for a protocol", () => {
    deepEqual(["critical-results", "a", "-a", "a b", ""].map(isKey), [
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});
