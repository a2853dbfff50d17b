/** Plans that come from elsewhere with oddities in them. */
import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { findingsOf, keyOf, Plan } from "./plan.ts";

const rulesOf = (action: unknown[]) =>
  findingsOf(Plan.parse({ resourceType: "PlanDefinition", action }))
    .map(({ severity, rule, pointer }) => `${severity} ${rule} ${pointer}`);
const after = (actionId: string) => [{ actionId, relationship: "after-end" }];

describe("findings in a plan", () => {
  it("are actions that wait for one another, since none would begin", () => {
    deepEqual(
      rulesOf([
        { id: "a", title: "A", relatedAction: after("c") },
        { id: "b", title: "B", relatedAction: after("a") },
        { id: "c", title: "C", relatedAction: after("b") },
        { id: "d", title: "D", relatedAction: after("c") },
      ]),
      ["error circle /action/a/relatedAction"],
    );
    deepEqual(
      rulesOf([
        { id: "a", title: "A", relatedAction: after("a") },
        { id: "b", title: "B", relatedAction: [...after("a"), ...after("c")] },
        { id: "c", title: "C", relatedAction: after("a") },
      ]),
      [],
    );
  });

  it("are relations that say nothing which can be kept", () => {
    const related = (actionId: string, relationship: string) => [{ actionId, relationship }];
    deepEqual(
      rulesOf([
        { id: "a", title: "A", relatedAction: related("g", "after-end") },
        {
          id: "g",
          action: [{ id: "b", title: "B", relatedAction: related("g", "before-start") }],
        },
        { id: "c", title: "C", relatedAction: related("a", "concurrent") },
        { id: "d", title: "D", relatedAction: related("nowhere", "after-end") },
      ]),
      [
        "warning related /action/b/relatedAction",
        "warning related /action/c/relatedAction",
        "warning related /action/d/relatedAction",
      ],
    );
  });

  it("are circles through groups, and by what comes before", () => {
    const related = (actionId: string, relationship: string) => [{ actionId, relationship }];
    deepEqual(
      rulesOf([
        { id: "a", title: "A", relatedAction: related("g", "after-end") },
        { id: "g", action: [{ id: "b", title: "B" }, { id: "c", title: "C" }] },
        { id: "d", title: "D", relatedAction: related("c", "before-start") },
        { id: "e", title: "E", relatedAction: related("d", "before") },
        {
          id: "f",
          title: "F",
          relatedAction: [...related("a", "after"), ...related("e", "before")],
        },
      ]),
      ["error circle /action/a/relatedAction"],
    );
  });

  it("are times in units that nobody knows, since nothing would wait for them", () => {
    deepEqual(
      rulesOf([
        { id: "a", title: "A", timingDuration: { value: 2, unit: "fortnight" } },
        { id: "b", title: "B", timingTiming: { repeat: { count: 3, period: 1, periodUnit: "x" } } },
        { id: "c", title: "C", timingDuration: { value: 2, code: "wk" } },
      ]),
      ["warning unit /action/a", "warning unit /action/b"],
    );
  });

  it("leave it a name by which it can be reached", () => {
    const name = `${"a".repeat(39)} then more`;
    deepEqual(keyOf(Plan.parse({ resourceType: "PlanDefinition", name })), "a".repeat(39));
  });
});
