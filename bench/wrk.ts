/** Load from wrk, in interleaved rounds: what a server answers, and what it costs by the kernel. */
import { cpuSeconds, type Result, type Sample } from "./measure.ts";

export type Load = {
  name: string;
  url: string;
  headers?: Record<string, string>;
  connections: number;
  /** Processes whose CPU counts for this load. */
  pids: number[];
  /** Every answer is expected to be of this class. */
  isRefused?: true;
};

const decoder = new TextDecoder();

export async function runWrk(load: Load, seconds: number): Promise<Sample> {
  const cpu = async () =>
    (await Promise.all(load.pids.map(cpuSeconds))).reduce((sum, one) => sum + one, 0);
  const before = await cpu();
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => [
    "-H",
    `${name}: ${value}`,
  ]);
  const { stdout, success } = await new Deno.Command("wrk", {
    args: ["-t1", `-c${load.connections}`, `-d${seconds}s`, ...headers, load.url],
    stderr: "null",
  }).output();
  const text = decoder.decode(stdout);
  const count = Number(/(\d+) requests in/.exec(text)?.[1]);
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  if (!success || !(count > 0)) throw new Error(`${load.name}: wrk failed\n${text}`);
  if (refused !== (load.isRefused ? count : 0)) {
    throw new Error(`${load.name}: ${refused} of ${count} refused`);
  }
  return { perSecond, cpuMicros: (await cpu() - before) / count * 1e6 };
}

/** A B C, A B C, … as in `measure`, after one warm-up round. */
export async function measureLoads(
  loads: Load[],
  { rounds, seconds }: { rounds: number; seconds: number },
): Promise<Result[]> {
  const results: Result[] = loads.map(({ name }) => ({ name, rounds: [] }));
  for (let round = -1; round < rounds; round++) {
    for (const [at, load] of loads.entries()) {
      const sample = await runWrk(load, seconds);
      if (round >= 0) results[at]!.rounds.push(sample);
    }
  }
  return results;
}
