/** `deno task bench decisions`: what a hundred rules cost a hook. */
import { openHookBench } from "@praxis/workflow/bench/decisions";
import { spreadOf } from "./measure.ts";
import { say } from "./report.ts";

const RULES = 100;
const ROUNDS = 5;
const CALLS = 100;
const WARM_UP = 20;

const p99 = (values: number[]) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.99) - 1]!;
const round = (value: number) => value.toFixed(2);
const told = (values: number[], unit: string) => {
  const { min, median, max } = spreadOf(values);
  return `${round(median)} (${round(min)} to ${round(max)}) ${unit}`.trim();
};

export async function benchDecisions(): Promise<void> {
  const bench = await openHookBench(RULES);
  try {
    const cases = [bench.withRules, bench.withoutRules, bench.emptyRead];
    for (let n = 0; n < WARM_UP; n++) for (const run of cases) await run();
    const rounds: number[][] = [];
    for (let at = 0; at < ROUNDS; at++) {
      const times: number[][] = cases.map(() => []);
      // One after the other, so that a machine that grows slow does so for all.
      for (let n = 0; n < CALLS; n++) {
        for (const [which, run] of cases.entries()) times[which]!.push(await run());
      }
      rounds.push(times.map(p99));
    }
    const [rules, none, read] = cases.map((_, which) => rounds.map((one) => one[which]!));
    say(`\nA hook, p99 of ${CALLS} calls, ${ROUNDS} rounds`);
    say(`  with ${RULES} active rules       ${told(rules!, "ms")}`);
    say(`  of a clinic without rules   ${told(none!, "ms")}`);
    say(`  an empty signed-in read     ${told(read!, "ms")}`);
    say(`  rules ÷ no rules            ${told(rules!.map((one, n) => one / none![n]!), "")}`);
    say(`  rules ÷ empty read          ${told(rules!.map((one, n) => one / read![n]!), "")}`);
  } finally {
    await bench.close();
  }
}
