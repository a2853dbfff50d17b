/** What a clinic has written is evaluated in a process that may nothing and can be killed. */
import { spawnConfined } from "./process.ts";
import type { Json } from "./values.ts";

/** From the question to the answer; the process is killed and the expression blamed. */
export const EXPRESSION_LIMIT_MS = 500;
/** So many of those, for all the expressions of one question; the rest is not asked any more. */
const LIMITS_PER_QUESTION = 10;
/** A fresh process reads its code first. */
const START_LIMIT_MS = 10_000;
const FHIRPATH_START_MS = 5_000;
const HEAP_MIB = 96;
/** Bytes of variables and of an answer. */
const MESSAGE_CHARS_MAX = 4 * 1024 * 1024;

export type Evaluated =
  | { ok: true; value: Json }
  | { ok: false; reason: string; kind: "expression" | "timeout" };
export type Checked = { ok: true; type: string } | { ok: false; reason: string };
export type Type = string | { [field: string]: Type };

export type Sandbox = {
  /** One result per expression; never throws for what an expression does. */
  evaluate(expressions: readonly string[], variables: Record<string, Json>): Promise<Evaluated[]>;
  /** `names[n]` are the variables that the n-th expression may use; `types` of some of them. */
  check(
    expressions: readonly string[],
    names: readonly (readonly string[])[],
    types?: Record<string, Type>,
  ): Promise<Checked[]>;
  /** Collections that FHIRPath expressions yield over a Bundle of `resources`. */
  fhirpath(expressions: readonly string[], resources: readonly Json[]): Promise<Evaluated[]>;
  /** Where `value` does not fit a JSON schema; empty when it does. */
  validate(schema: Json, value: Json): Promise<{ pointer: string; detail: string }[]>;
  /** Ends the processes. */
  close(): Promise<void>;
};

type Answer = { kind: "answer"; text: string } | { kind: "timeout" | "ended" | "too-long" };

/** One process and the one question that it works on. */
function startProcess() {
  const { writer, reader, kill, end } = spawnConfined(
    new URL("./sandbox_process.ts", import.meta.url),
    { heapMiB: HEAP_MIB },
  );

  async function readLine(): Promise<Answer> {
    const parts: string[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kind: "ended" };
      parts.push(value);
      length += value.length;
      if (length > MESSAGE_CHARS_MAX) return { kind: "too-long" };
      if (value.endsWith("\n")) return { kind: "answer", text: parts.join("") };
    }
  }

  return {
    async ask(line: string, limitMs: number): Promise<Answer> {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<Answer>((resolve) => {
        timer = setTimeout(() => resolve({ kind: "timeout" }), limitMs);
      });
      const work = writer.write(new TextEncoder().encode(line + "\n"))
        .then(readLine, (): Answer => ({ kind: "ended" }));
      const answer = await Promise.race([work, late]);
      clearTimeout(timer);
      if (answer.kind !== "answer") kill();
      return answer;
    },
    end,
  };
}
type Process = ReturnType<typeof startProcess>;

/** Two processes unless told otherwise: one that is being killed does not make others wait. */
export function createSandbox(
  { processes = 2, limitMs = EXPRESSION_LIMIT_MS }: { processes?: number; limitMs?: number } = {},
): Sandbox {
  const idle: Process[] = [];
  const all = new Set<Process>();
  const waiting: ((process: Process | undefined) => void)[] = [];
  let isClosed = false;

  async function open(): Promise<Process> {
    const process = startProcess();
    all.add(process);
    // What is used for the first time takes long, and nobody is to be blamed for that.
    const warm = [
      { op: "evaluate", expressions: ["1 + 1"], variables: {} },
      { op: "check", expressions: ["1 + 1"], names: [[]], types: {} },
      {
        op: "validate",
        schema: { type: "object", properties: { x: { type: "string" } } },
        values: [{}],
      },
    ];
    for (const question of warm) {
      const answer = await process.ask(JSON.stringify(question), START_LIMIT_MS);
      if (answer.kind === "answer") continue;
      all.delete(process);
      await process.end();
      throw new Error(`the process that evaluates expressions did not start (${answer.kind})`);
    }
    return process;
  }

  async function take(): Promise<Process> {
    if (isClosed) throw new Error("the sandbox is closed");
    const ready = idle.pop();
    if (ready) return ready;
    if (all.size < processes) return await open();
    const given = await new Promise<Process | undefined>((resolve) => waiting.push(resolve));
    return given ?? await take();
  }

  function giveBack(process: Process): void {
    const next = waiting.shift();
    if (next) next(process);
    else idle.push(process);
  }

  async function discard(process: Process): Promise<void> {
    all.delete(process);
    // Whoever waits may start a new one.
    waiting.shift()?.(undefined);
    await process.end();
  }

  async function ask(line: string, timeMs = limitMs): Promise<Answer> {
    if (line.length > MESSAGE_CHARS_MAX) return { kind: "too-long" };
    const process = await take();
    const answer = await process.ask(line, timeMs);
    if (answer.kind === "answer") giveBack(process);
    else await discard(process);
    return answer;
  }

  const why = {
    timeout: `takes longer than ${limitMs} ms`,
    ended: "needs more memory than it may have",
    "too-long": "has to do with too much data",
  };

  /** Asks for all at once; when that fails, for each alone, so that the right one is blamed. */
  async function askEach<T>(
    count: number,
    line: (from: number, to: number) => string,
    failed: (kind: Exclude<Answer["kind"], "answer">) => T,
    timeMs = limitMs,
  ): Promise<T[]> {
    if (count === 0) return [];
    const answer = await ask(line(0, count), timeMs);
    if (answer.kind === "answer") return JSON.parse(answer.text) as T[];
    if (count === 1) return [failed(answer.kind)];
    const results: T[] = [];
    const endsAt = performance.now() + LIMITS_PER_QUESTION * timeMs;
    for (let at = 0; at < count; at++) {
      if (performance.now() >= endsAt) {
        results.push(failed("timeout"));
        continue;
      }
      const one = await ask(line(at, at + 1), timeMs);
      results.push(
        one.kind === "answer" ? (JSON.parse(one.text) as T[])[0]! : failed(one.kind),
      );
    }
    return results;
  }

  return {
    async evaluate(expressions, variables) {
      const results = await askEach<Evaluated>(
        expressions.length,
        (from, to) =>
          JSON.stringify({ op: "evaluate", expressions: expressions.slice(from, to), variables }),
        (kind) => ({ ok: false, reason: `an expression ${why[kind]}`, kind: "timeout" }),
      );
      return results.map((one) => one.ok ? one : { ...one, kind: one.kind ?? "expression" });
    },
    check: (expressions, names, types = {}) =>
      askEach<Checked>(
        expressions.length,
        (from, to) =>
          JSON.stringify({
            op: "check",
            expressions: expressions.slice(from, to),
            names: names.slice(from, to),
            types,
          }),
        (kind) => ({ ok: false, reason: `checking it ${why[kind]}` }),
      ),
    fhirpath: (expressions, resources) =>
      askEach<Evaluated>(
        expressions.length,
        (from, to) =>
          JSON.stringify({ op: "fhirpath", expressions: expressions.slice(from, to), resources }),
        (kind) => ({ ok: false, reason: `an expression ${why[kind]}`, kind: "timeout" }),
        // The first question loads the engine.
        limitMs + FHIRPATH_START_MS,
      ),
    async validate(schema, value) {
      const [result] = await askEach<{ errors: { pointer: string; detail: string }[] }>(
        1,
        () => JSON.stringify({ op: "validate", schema, values: [value] }),
        (kind) => ({ errors: [{ pointer: "", detail: `checking it ${why[kind]}` }] }),
      );
      return result!.errors;
    },
    async close() {
      isClosed = true;
      await Promise.all([...all].map((process) => process.end()));
      all.clear();
    },
  };
}
