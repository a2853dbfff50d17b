import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { cpuSeconds, measure, ratioOf, residentMiB, spreadOf } from "./measure.ts";

describe("measuring", () => {
  it("spreadOf() takes the middle, or the mean of the two middles", () => {
    deepEqual(spreadOf([3, 1, 2]), { min: 1, median: 2, max: 3 });
    deepEqual(spreadOf([4, 1, 2, 3]), { min: 1, median: 2.5, max: 4 });
  });

  it("ratioOf() divides round by round", () => {
    const result = (name: string, values: number[]) => ({
      name,
      rounds: values.map((perSecond) => ({ perSecond, cpuMicros: 1 })),
    });
    const ratio = ratioOf(result("a", [2, 6, 4]), result("b", [1, 2, 4]), (s) => s.perSecond);
    deepEqual(ratio, { min: 1, median: 2, max: 3 });
  });

  it("interleaves the cases, after one warm-up round each", async () => {
    const order: string[] = [];
    const one = (name: string) => ({
      name,
      pids: [Deno.pid],
      run: () => Promise.resolve(void (order.at(-1) === name || order.push(name))),
    });
    const results = await measure([one("a"), one("b")], { rounds: 2, seconds: 0.001, parallel: 1 });
    deepEqual(order, ["a", "b", "a", "b", "a", "b"]);
    deepEqual(results.map(({ rounds }) => rounds.length), [2, 2]);
  });

  it("reads the operating system's accounting", async () => {
    const before = await cpuSeconds(Deno.pid);
    let sum = 0;
    while (await cpuSeconds(Deno.pid) - before < 0.03) for (let n = 0; n < 1e6; n++) sum += n;
    ok(sum > 0);
    ok(await residentMiB(Deno.pid) > 1);
    equal(typeof before, "number");
  });
});
