/** Times of actions: dates, periods and ages, whole and in parts. */
import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { checkDefinition, createSandbox, durationMs } from "../language/language.ts";
import { compilePlan } from "./compiling.ts";
import { findingsOf, leavesOf, Plan } from "./plan.ts";
import { waitsOf } from "./timing.ts";

const plan = Plan.parse({
  resourceType: "PlanDefinition",
  name: "timed",
  action: [
    { id: "date", title: "On a date", timingDateTime: "2026-01-07" },
    { id: "past", title: "On a date gone by", timingDateTime: "2020" },
    { id: "period", title: "From a day", timingPeriod: { start: "2026-01-06T12:00:00Z" } },
    { id: "age", title: "At six months", timingAge: { value: 6, code: "mo" } },
    { id: "weeks", title: "At eight weeks", timingAge: { value: 8, code: "wk" } },
    { id: "range", title: "After two days", timingRange: { low: { value: 2, code: "d" } } },
    { id: "odd", title: "At some time", timingDateTime: "soon" },
  ],
});
const now = new Date("2026-01-05T12:00:00Z");

describe("times of actions", () => {
  it("are what is left until then, and nothing for what has passed or is no time", () => {
    const hours = (birthDate: string | undefined) =>
      Object.fromEntries(
        Object.entries(waitsOf(leavesOf(plan), { birthDate, now }))
          .map(([id, text]) => [id, durationMs(text)! / 3_600_000]),
      );
    deepEqual(hours(undefined), { date: 36, period: 24 });
    deepEqual(hours("2025-12-01"), {
      date: 36,
      period: 24,
      age: 146 * 24 + 12,
      weeks: 20 * 24 + 12,
    });
    deepEqual(hours("1990-02"), { date: 36, period: 24 });
  });

  it("become waits of a definition that passes every check", async () => {
    const sandbox = createSandbox({ limitMs: 20_000 });
    try {
      deepEqual(findingsOf(plan), []);
      deepEqual(
        await checkDefinition(compilePlan(plan), { functions: [], events: [] }, sandbox)
          .then((found) => found.filter(({ rule }) => rule !== "unknown-function")),
        [],
      );
    } finally {
      await sandbox.close();
    }
  });
});
