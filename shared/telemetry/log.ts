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

/** A log whose lines carry `service`. Values under a name that sounds secret are left out. */
export function createLog(
  service: string,
  write: (line: string) => void = (line) =>
    Deno.stdout.writeSync(new TextEncoder().encode(line + "\n")),
  now: () => Date = () => new Date(),
): Log {
  const put = (level: string, event: string, facts: Record<string, Value>) => {
    const clean = Object.entries(facts).filter(([name]) => !SECRET_NAME.test(name));
    write(JSON.stringify({
      at: now().toISOString(),
      level,
      service,
      event,
      ...traceFacts(),
      ...Object.fromEntries(clean),
    }));
  };
  return {
    info: (event, facts = {}) => put("info", event, facts),
    error: (event, error, facts = {}) => put("error", event, { ...describe(error), ...facts }),
  };
}

/** For tests and tools that have nothing to say. */
export const silent: Log = { info: () => {}, error: () => {} };
