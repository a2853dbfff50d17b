/** Decisions that a clinic has written are evaluated in processes that may nothing and can be killed. */
import { spawnConfined } from "../language/language.ts";
import { expressionsOf, type Fault, shapeFaults } from "./check.ts";
import type { Evaluated } from "./evaluate.ts";
import type { Model } from "./model.ts";

/** For one decision, and for all that one request asks for. */
export const DECISION_LIMIT_MS = 150;
export const BATCH_LIMIT_MS = 400;
const START_LIMIT_MS = 20_000;
const CHECK_LIMIT_MS = 2_000;
const HEAP_MIB = 128;
const MODELS_MAX = 2_000;

export type Job = { hash: string; model: Model; decision: string; inputs: Record<string, unknown> };
/** `timeout`: it was killed. `skipped`: there was no time left for it; it did nothing wrong. */
export type Outcome =
  | { kind: "done"; value: unknown; warnings: string[]; ms: number }
  | { kind: "timeout" | "skipped" };

export type Evaluator = {
  /** One outcome per job, in their order; what a job does never throws. */
  evaluate(jobs: readonly Job[]): Promise<Outcome[]>;
  /** What is wrong with a model; empty when it can be evaluated. */
  check(model: Model): Promise<Fault[]>;
  /** Starts the processes before anybody has to wait for one. */
  warm(): Promise<void>;
  close(): Promise<void>;
};

type Options = { processes?: number; decisionMs?: number; batchMs?: number };

/** Resolves to undefined after `ms`. */
function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(ms, 0));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function startProcess() {
  // feelin's parser looks for LOG when it is loaded.
  const { writer, reader, kill, end } = spawnConfined(
    new URL("./evaluator_process.ts", import.meta.url),
    { heapMiB: HEAP_MIB, names: ["LOG"] },
  );
  const encoder = new TextEncoder();
  const known = new Set<string>();
  let lines: string[] = [];
  let rest = "";

  return {
    kill,
    end,
    /** The line that evaluates a job; the model goes with it the first time. */
    lineOf({ hash, model, decision, inputs }: Job): string {
      let before = "";
      if (!known.has(hash) && known.size >= MODELS_MAX) {
        known.clear();
        before = JSON.stringify({ op: "forget" }) + "\n";
      }
      const sent = known.has(hash) ? {} : { model };
      known.add(hash);
      return before + JSON.stringify({ op: "evaluate", hash, ...sent, decision, inputs }) + "\n";
    },
    /** Never rejects: a process that has ended answers nothing. */
    send: (text: string): void => void writer.write(encoder.encode(text)).catch(() => {}),
    /** The next answer; undefined when the process has ended. */
    async next(): Promise<string | undefined> {
      while (lines.length === 0) {
        const { done, value } = await reader.read().catch(() => ({ done: true, value: "" }));
        if (done) return undefined;
        const parts = (rest + value).split("\n");
        rest = parts.pop()!;
        lines = parts;
      }
      return lines.shift();
    },
  };
}
type Process = ReturnType<typeof startProcess>;

export function createEvaluator(
  { processes = 2, decisionMs = DECISION_LIMIT_MS, batchMs = BATCH_LIMIT_MS }: Options = {},
): Evaluator {
  const idle: Process[] = [];
  const all = new Set<Process>();
  const waiting: ((process: Process | undefined) => void)[] = [];
  let isClosed = false;
  /** Places of processes that are ending, kept for those that follow them. */
  let kept = 0;

  function giveBack(process: Process): void {
    const next = waiting.shift();
    if (next) next(process);
    else idle.push(process);
  }

  /** Ready to be asked, or undefined when it did not start. */
  async function open(): Promise<Process | undefined> {
    const process = startProcess();
    all.add(process);
    process.send(JSON.stringify({ op: "check", expressions: [] }) + "\n");
    if (await within(process.next(), START_LIMIT_MS) !== undefined) return process;
    await discard(process);
    return undefined;
  }

  async function discard(process: Process): Promise<void> {
    all.delete(process);
    await process.end();
  }

  /** Another takes its place at once, so that the next request need not wait for it to start. */
  function replace(process: Process): void {
    const gone = discard(process);
    if (isClosed) return;
    kept++;
    void gone.then(() => {
      kept--;
      return isClosed ? undefined : open();
    }).then((fresh) => {
      if (fresh) giveBack(fresh);
    });
  }

  async function take(): Promise<Process | undefined> {
    if (isClosed) throw new Error("the evaluator is closed");
    const ready = idle.pop();
    if (ready) return ready;
    if (all.size + kept < processes) return await open();
    return await new Promise((resolve) => waiting.push(resolve));
  }

  /** A process that comes too late for whoever asked is not lost. */
  async function takeWithin(ms: number): Promise<Process | undefined> {
    const asked = take();
    const process = await within(asked, ms);
    if (process === undefined) void asked.then((late) => late && giveBack(late), () => {});
    return process;
  }

  async function evaluate(jobs: readonly Job[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    // Starting the first process is not the jobs' fault.
    const first = jobs.length === 0 ? undefined : await takeWithin(START_LIMIT_MS);
    const endAt = performance.now() + batchMs;
    for (let process = first; process && outcomes.length < jobs.length;) {
      const current = process;
      current.send(jobs.slice(outcomes.length).map((job) => current.lineOf(job)).join(""));
      let text: string | undefined;
      let isFair = true;
      do {
        const begun = performance.now();
        // Those before it have left it too little time to be blamed.
        isFair = endAt - begun > Math.min(decisionMs, batchMs) / 2;
        text = await within(current.next(), Math.min(decisionMs, endAt - begun));
        if (text === undefined) break;
        const { value, warnings } = JSON.parse(text) as Evaluated;
        outcomes.push({ kind: "done", value, warnings, ms: performance.now() - begun });
      } while (outcomes.length < jobs.length);
      if (text !== undefined) {
        giveBack(current);
        return outcomes;
      }
      replace(current);
      outcomes.push({ kind: isFair ? "timeout" : "skipped" });
      // Whoever takes one has to give it back.
      if (outcomes.length === jobs.length) break;
      process = await takeWithin(endAt - performance.now());
    }
    while (outcomes.length < jobs.length) outcomes.push({ kind: "skipped" });
    return outcomes;
  }

  return {
    evaluate,
    async check(model) {
      const faults = shapeFaults(model);
      const process = await takeWithin(START_LIMIT_MS);
      if (!process) return [{ at: model.name, detail: "It could not be checked just now." }];
      process.send(JSON.stringify({ op: "check", expressions: expressionsOf(model) }) + "\n");
      const text = await within(process.next(), CHECK_LIMIT_MS);
      if (text === undefined) {
        replace(process);
        return [...faults, { at: model.name, detail: "Reading it takes too long." }];
      }
      giveBack(process);
      return [...faults, ...(JSON.parse(text) as { faults: Fault[] }).faults];
    },
    async warm() {
      const missing = Math.max(processes - all.size, 0);
      await Promise.all(Array.from({ length: missing }, async () => {
        const fresh = await open();
        if (fresh) giveBack(fresh);
      }));
    },
    async close() {
      isClosed = true;
      for (const one of waiting.splice(0)) one(undefined);
      await Promise.all([...all].map(discard));
    },
  };
}
