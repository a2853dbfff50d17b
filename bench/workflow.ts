/** `deno task bench workflow`: the engine beside DBOS Transact, and ten thousand runs that wait. */
import { createTestDatabase } from "@praxis/local/testing";
import { openBench } from "@praxis/workflow/bench";
import { cpuSeconds, residentMiB, spreadOf } from "./measure.ts";
import { say } from "./report.ts";

const ROUNDS = 3;
const RUNS = 100;
const WIDTH = 24;
const WAITING = 10_000;
const IDLE_SECONDS = 10;
const LOOKS_PER_SECOND = 2;
const DBOS = "npm:@dbos-inc/dbos-sdk@5.3.0";

/** Steps per second of DBOS, in a process and a database of its own on the same server. */
async function dbos(): Promise<number | undefined> {
  const database = await createTestDatabase({ template: "dbos", migrate: () => Promise.resolve() });
  try {
    const { stdout, success } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-config",
        "--no-lock",
        "--no-check",
        new URL("./dbos_worker.ts", import.meta.url).href,
        DBOS,
        database.ownerUrl,
        String(RUNS),
        String(WIDTH),
      ],
      stderr: "inherit",
    }).output();
    const text = new TextDecoder().decode(stdout);
    return success ? Number(text.match(/^RESULT (.+)$/m)?.[1]) : undefined;
  } finally {
    await database.drop();
  }
}

const round = (value: number) => value.toFixed(value >= 100 ? 0 : 2);
const told = ({ min, median, max }: ReturnType<typeof spreadOf>) =>
  `${round(median)} (${round(min)} to ${round(max)})`;

type Bench = Awaited<ReturnType<typeof openBench>>;

/** What thousands of runs cost that wait for a month: memory, and processors while nothing is due. */
async function sayWaiting(bench: Bench): Promise<void> {
  const before = await residentMiB(Deno.pid);
  await bench.letWait(WAITING);
  const backends = await bench.backends();
  const cpuOf = async (pids: number[]) =>
    (await Promise.all(pids.map(cpuSeconds))).reduce((sum, one) => sum + one, 0);
  const [own, database] = [await cpuOf([Deno.pid]), await cpuOf(backends)];
  const startedAt = performance.now();
  for (let n = 0; n < IDLE_SECONDS * LOOKS_PER_SECOND; n++) {
    await bench.look();
    await new Promise((resolve) => setTimeout(resolve, 1_000 / LOOKS_PER_SECOND));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const percent = (from: number, to: number) => ((to - from) / seconds * 100).toFixed(1);
  const memory = await residentMiB(Deno.pid);
  say(`\n${WAITING} runs that wait`);
  say(`  memory   ${memory.toFixed(0)} MiB, ${(memory - before).toFixed(0)} more than before them`);
  say(`  idle     ${percent(own, await cpuOf([Deno.pid]))} % of a processor in the worker`);
  say(`           ${percent(database, await cpuOf(backends))} % of a processor in the database`);
}

export async function benchWorkflow(): Promise<void> {
  const bench = await openBench();
  try {
    await bench.stepsPerSecond(WIDTH);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let n = 0; n < ROUNDS; n++) {
      ours.push(await bench.stepsPerSecond(RUNS));
      const other = await dbos();
      if (other === undefined) {
        say("  DBOS Transact could not be started: there is nothing to compare with");
        break;
      }
      theirs.push(other);
    }
    say(`\nRuns of ten calls, ${RUNS} at a time, each step committed and synced`);
    say(`  praxis, with audit   ${told(spreadOf(ours))} steps/s`);
    if (theirs.length === ROUNDS) {
      say(`  DBOS Transact        ${told(spreadOf(theirs))} steps/s`);
      say(`  ratio                ${told(spreadOf(ours.map((one, n) => one / theirs[n]!)))}`);
    }
    await sayWaiting(bench);
  } finally {
    await bench.close();
  }
}
