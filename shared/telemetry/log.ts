/** One JSON object per line on standard output, without secrets or patient data. */
import postgres from "postgres";
import { traceFacts } from "./trace.ts";

type Value = string | number | boolean | null | undefined;
export type Log = {
  info(event: string, facts?: Record<string, Value>): void;
  error(event: string, error: unknown, facts?: Record<string, Value>): void;
};

const SECRET_NAME = /pass|secret|token|authorization|cookie|credential|email|name$|title|phone/i;
const SCRUBBED = [
  /[\w.+-]+@[\w-]+\.[\w.-]+/g, // addresses
  /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, // tokens
  /(?<=:\/\/)[^@/\s]+@/g, // credentials in URLs
  /(["'])(?:(?!\1).){3,}\1/g, // quoted values, as error messages repeat input
];

const scrub = (text: string) =>
  SCRUBBED.reduce((clean, pattern) => clean.replace(pattern, "‹…›"), text);

/** What may be said of an error. A Postgres message repeats values, so only its codes are kept. */
function describe(error: unknown): Record<string, Value> {
  if (error instanceof postgres.PostgresError) {
    return {
      error: "PostgresError",
      code: error.code,
      constraint: error.constraint_name,
      table: error.table_name,
      routine: error.routine,
    };
  }
  if (!(error instanceof Error)) return { error: typeof error };
  return {
    error: error.name,
    message: scrub(error.message),
    stack: error.stack?.split("\n").slice(1, 6).map((line) => line.trim()).join(" | "),
    ...(error.cause === undefined ? {} : { cause: scrub(String(error.cause)) }),
  };
}

/** How long a line may wait for others, so that one write serves them all. */
const GATHER_MS = 20;
const GATHERED_MAX = 200;
/** So many are kept while nothing can be written; more are counted only. */
const WAITING_MAX = 5_000;

/**
 * Writes lines to standard output. A write for each would cost a request a fifth of its time at the
 * gateway. What tells of an error leaves at once, and the rest when the process ends, if not before.
 */
export function createOutput(
  writeSync: (bytes: Uint8Array) => number = (bytes) => Deno.stdout.writeSync(bytes),
): (line: string, isUrgent: boolean) => void {
  const encoder = new TextEncoder();
  let lines: string[] = [];
  let lost = 0;
  /** What is being written: bytes that were not taken yet, and for how many lines they stand. */
  let rest = new Uint8Array();
  let restLines = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** False when the reader is behind. */
  function writeRest(): boolean {
    while (rest.length > 0) {
      const taken = writeSync(rest);
      if (taken === 0) return false;
      rest = rest.subarray(taken);
    }
    return true;
  }

  /** Never throws: a log that cannot be written must not end what it tells of. */
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    try {
      if (!writeRest()) return flushSoon();
      const notice = lost === 0
        ? ""
        : `{"level":"error","event":"lines were lost","count":${lost}}\n`;
      rest = encoder.encode(notice + lines.join(""));
      restLines = lines.length + lost;
      lines = [];
      lost = 0;
      if (!writeRest()) flushSoon();
    } catch (error) {
      if (error instanceof Deno.errors.WouldBlock) return flushSoon();
      // The disk is full, or the reader has left. It may come back.
      rest = new Uint8Array();
      lost += restLines;
    }
  }

  function flushSoon(): void {
    if (timer !== undefined) return;
    timer = setTimeout(flush, GATHER_MS);
    // No reason to stay: what is left is written on the way out.
    timer.unref();
  }

  for (const end of ["unload", "error", "unhandledrejection"]) {
    globalThis.addEventListener(end, flush);
  }
  return (line, isUrgent) => {
    if (lines.length >= WAITING_MAX) lost++;
    else lines.push(line + "\n");
    if (isUrgent || lines.length % GATHERED_MAX === 0) flush();
    else flushSoon();
  };
}

let output: ReturnType<typeof createOutput> | undefined;

/** A log whose lines carry `service`. Values under a name that sounds secret are left out. */
export function createLog(
  service: string,
  write: (line: string, isUrgent: boolean) => void = output ??= createOutput(),
  now: () => Date = () => new Date(),
): Log {
  const put = (level: string, event: string, facts: Record<string, Value>) => {
    const line: Record<string, Value> = {
      at: now().toISOString(),
      level,
      service,
      event,
      ...traceFacts(),
    };
    for (const name in facts) if (!SECRET_NAME.test(name)) line[name] = facts[name];
    write(JSON.stringify(line), level === "error");
  };
  return {
    info: (event, facts = {}) => put("info", event, facts),
    error: (event, error, facts = {}) => put("error", event, { ...describe(error), ...facts }),
  };
}

/** For tests and tools that have nothing to say. */
export const silent: Log = { info: () => {}, error: () => {} };
