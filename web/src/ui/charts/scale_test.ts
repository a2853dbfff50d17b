import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { stretchesOf, ticksOf } from "./scale.ts";

describe("the marks of a chart", () => {
  it("are steps that people count in, as few as are wanted, and hold the largest", () => {
    deepEqual(ticksOf(7, "number"), [0, 2, 4, 6, 8]);
    deepEqual(ticksOf(1, "number"), [0, 1]);
    const hour = 3_600_000;
    deepEqual(ticksOf(3 * hour, "duration").map((ms) => ms / hour), [0, 1, 2, 3]);
    for (const max of [3, 17, 999, 12_345, 86_400_000 * 400]) {
      for (const kind of ["number", "duration"] as const) {
        const ticks = ticksOf(max, kind);
        equal(ticks.at(-1)! >= max && ticks.length <= 6, true, `${max} ${kind} ${ticks.length}`);
      }
    }
  });

  it("are only nothing when there is nothing", () => {
    deepEqual([0, -1, NaN].map((max) => ticksOf(max, "number")), [[0], [0], [0]]);
  });
});

describe("a line", () => {
  it("is broken where nothing is known", () => {
    deepEqual(stretchesOf([null, 1, 2, null, 3, null]), [[1, 2], [4]]);
    deepEqual(stretchesOf([]), []);
  });
});
