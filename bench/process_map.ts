/** `deno task bench process_map`: one organization's map beside that of the whole table. */
import { openProcessMapBench } from "@praxis/workflow/analytics/bench";
import { spreadOf } from "./measure.ts";
import { say } from "./report.ts";

const ORGANIZATIONS = 20;
const ROUNDS = 3;

const seconds = (values: number[]) => {
  const { min, median, max } = spreadOf(values.map((one) => one / 1_000));
  return `${median.toFixed(2)} s (${min.toFixed(2)} to ${max.toFixed(2)})`;
};

export async function benchProcessMap(
  events = Number(Deno.env.get("PRAXIS_MAP_EVENTS") ?? 1_000_000),
): Promise<void> {
  const bench = await openProcessMapBench({ events, organizations: ORGANIZATIONS });
  try {
    const ones: number[] = [];
    const wholes: number[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const [one, whole] = [await bench.one(), await bench.whole()];
      if (round < 0) continue;
      ones.push(one);
      wholes.push(whole);
    }
    const ratio = spreadOf(ones.map((one, round) => one / wholes[round]!));
    say(`\nProcess map over ${bench.events} events of ${ORGANIZATIONS} organizations`);
    say(`  one organization   ${seconds(ones)}`);
    say(`  the whole table    ${seconds(wholes)}`);
    say(
      `  ratio              ${ratio.median.toFixed(3)} (${ratio.min.toFixed(3)} to ` +
        `${ratio.max.toFixed(3)}; aim ≤ 0.3)`,
    );
  } finally {
    await bench.close();
  }
}

if (import.meta.main) await benchProcessMap();
