/** Interleaved rounds and what a process really cost, by the operating system's own accounting. */

/** Clock ticks per second of /proc/<pid>/stat on Linux (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** User and system time of a process and its ended children so far, in seconds. */
export async function cpuSeconds(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The command, in brackets, may hold spaces: count from behind it.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  return ticks / TICKS_PER_SECOND;
}

/** Resident memory of a process, in MiB. */
export async function residentMiB(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(text.match(/VmRSS:\s+(\d+) kB/)?.[1] ?? 0) / 1024;
}

export type Case = {
  name: string;
  /** Processes whose CPU counts for this case. */
  pids: number[];
  /** One unit of work; called many times, `parallel` at once. */
  run: () => Promise<void>;
};

export type Sample = { perSecond: number; cpuMicros: number };
export type Result = { name: string; rounds: Sample[] };

export type Plan = { rounds: number; seconds: number; parallel: number };

async function measureOnce({ pids, run }: Case, { seconds, parallel }: Plan): Promise<Sample> {
  const cpu = async () => (await Promise.all(pids.map(cpuSeconds))).reduce((a, b) => a + b, 0);
  const cpuBefore = await cpu();
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  let done = 0;
  await Promise.all(Array.from({ length: parallel }, async () => {
    while (performance.now() < endAt) {
      await run();
      done++;
    }
  }));
  const took = (performance.now() - startedAt) / 1000;
  return { perSecond: done / took, cpuMicros: (await cpu() - cpuBefore) / done * 1e6 };
}

/** A B C, A B C, …: so that a machine that grows slow or fast does so for all. One warm-up round. */
export async function measure(cases: Case[], plan: Plan): Promise<Result[]> {
  const results: Result[] = cases.map(({ name }) => ({ name, rounds: [] }));
  for (let round = -1; round < plan.rounds; round++) {
    for (const [at, one] of cases.entries()) {
      const sample = await measureOnce(one, plan);
      if (round >= 0) results[at]!.rounds.push(sample);
    }
  }
  return results;
}

export type Spread = { min: number; median: number; max: number };

export function spreadOf(values: number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

/** `over` divided by `under`, round by round, so that both met the same machine. */
export function ratioOf(over: Result, under: Result, pick: (sample: Sample) => number): Spread {
  return spreadOf(over.rounds.map((sample, at) => pick(sample) / pick(under.rounds[at]!)));
}
