/**
 * `deno run -A bench/scale.ts`: requests a second with one, two and four instances of content and of
 * practice behind one gateway, and what they share: the database's connections and the machine.
 */
import { findFreeOffset } from "@praxis/local/stand-ins";
import { startFleet } from "../tools/rolling/fleet.ts";
import { ACTS, work } from "../tools/rolling/load.ts";
import { cpuSeconds } from "./measure.ts";
import { say } from "./report.ts";

const ROUNDS = 3;
const SECONDS = 4;
const WORKERS = 16;
const COUNTS = [1, 2, 4];
const SCALED = ["content", "practice"] as const;
/** What the scaled services do alone; identity and workflow would be the limit otherwise. */
const acts = Object.fromEntries(
  ["list documents", "search documents", "find patients", "file a document"]
    .map((name) => [name, ACTS[name]!]),
);

const dataDir = await Deno.makeTempDir({ prefix: "praxis-scale-" });
const fleet = await startFleet({ dataDir, portOffset: findFreeOffset() });
try {
  const figures = new Map<number, { perSecond: number; cpu: number }[]>(
    COUNTS.map((count) => [count, []]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const count of COUNTS) {
      for (const service of SCALED) {
        while (fleet.instances(service).length < count) await fleet.add(service);
        while (fleet.instances(service).length > count) await fleet.remove(service);
      }
      const pids = SCALED.flatMap((service) => fleet.instances(service).map(({ pid }) => pid));
      const cpu = async () => (await Promise.all(pids.map(cpuSeconds))).reduce((a, b) => a + b, 0);
      const [before, startedAt] = [await cpu(), performance.now()];
      const endsAt = startedAt + SECONDS * 1000;
      const { answered, failed } = await work(
        fleet.url,
        WORKERS,
        () => performance.now() > endsAt,
        acts,
      );
      const took = (performance.now() - startedAt) / 1000;
      figures.get(count)!.push({ perSecond: answered / took, cpu: (await cpu() - before) / took });
      for (const [what, times] of failed) say(`failed ${times} × ${what}`);
    }
  }
  say(`Instances of ${SCALED.join(" and ")}, ${WORKERS} workers, ${ROUNDS} interleaved rounds:`);
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const one = figures.get(1)!;
  for (const [count, rounds] of figures) {
    const ratio = median(rounds.map(({ perSecond }, at) => perSecond / one[at]!.perSecond));
    say(
      `  ${count}: ${median(rounds.map(({ perSecond }) => perSecond)).toFixed(0)} requests/s ` +
        `(× ${ratio.toFixed(2)} of one), ${
          median(rounds.map(({ cpu }) => cpu)).toFixed(2)
        } processors ` +
        `in these services, ${4 * count} of 60 connections of each database for requests`,
    );
  }
  say(
    `Shared by all: ${navigator.hardwareConcurrency} processors, on which also run the load, one ` +
      "gateway, the balancers, five databases and five Redis.",
  );
} finally {
  await fleet.stop();
  await Deno.remove(dataDir, { recursive: true });
}
