/** The short form; the long one is `deno run -A services/workflow/chaos.ts 100 12`. */
import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { runChaos } from "./chaos.ts";

describe("runs whose worker is killed again and again (1, 7)", () => {
  it("all end right, and a step is repeated only under its key", async () => {
    const { statuses, kills, effects, wrong } = await runChaos(10, 3);
    deepEqual(wrong, []);
    deepEqual(statuses, { completed: 5, compensated: 5 });
    equal(kills, 3);
    // Four calls each, and three undos of those that were refused the last one.
    equal(effects, 10 * 4 + 5 * 3);
  });
});
