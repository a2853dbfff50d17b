/** Starting and ending processes, each in a session of its own and marked as part of its stack. */
import { StackFailure } from "./failure.ts";

/** Decides how a process is asked to stop, and in which order. */
export type Role = "service" | "bridge" | "redis" | "postgres";

/** Carried in the environment of every process of a stack, so that none can be lost track of. */
export type Mark = { stack: string; role: Role };

export const STACK_VARIABLE = "PRAXIS_STACK";
export const ROLE_VARIABLE = "PRAXIS_STACK_ROLE";

export type Running = {
  pid: number;
  exited: Promise<Deno.CommandStatus>;
  hasExited(): boolean;
  /** Nothing happens when the process is gone already. */
  kill(signal: Deno.Signal): void;
  /** Lets this process end before that one. */
  unref(): void;
};

/** A database, a Redis or the bridge, ready to serve when it is handed out. */
export type Server = Running & { port: number; stop(): Promise<void> };

export type SpawnOptions = {
  command: string;
  args: string[];
  env: Record<string, string>;
  mark: Mark;
  /** Output goes to the end of this file, which keeps working when the supervisor dies. */
  logFile?: string;
  onLine?: (line: string) => void;
};

/** After these a process is expected to be gone. */
export const ENDING_SIGNALS: ReadonlySet<Deno.Signal> = new Set<Deno.Signal>([
  "SIGINT",
  "SIGKILL",
  "SIGQUIT",
  "SIGTERM",
]);

const LINE_LENGTH_MAX = 16_384;
const LOG_BYTES_MAX = 10_000_000;
const LOG_TAIL_BYTES = 4_000;

export function spawn(options: SpawnOptions): Running {
  const env = {
    ...options.env,
    [STACK_VARIABLE]: options.mark.stack,
    [ROLE_VARIABLE]: options.mark.role,
  };
  const output = options.onLine ? "piped" : "null";
  const command = options.logFile === undefined
    ? [options.command, ...options.args]
    : ["sh", "-c", 'exec "$@" >>"$0" 2>&1', options.logFile, options.command, ...options.args];
  const child = new Deno.Command(command[0] ?? "", {
    args: command.slice(1),
    env,
    clearEnv: true,
    // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which then stops
    // everything in order.
    detached: true,
    stdin: "null",
    stdout: output,
    stderr: output,
  }).spawn();
  if (options.onLine) {
    forwardLines(child.stdout, options.onLine);
    forwardLines(child.stderr, options.onLine);
  }
  return watchChild(child);
}

export function watchChild(child: Deno.ChildProcess): Running {
  let gone = false;
  const exited = child.status.then((status) => {
    gone = true;
    return status;
  });
  return {
    pid: child.pid,
    exited,
    hasExited: () => gone,
    unref: () => child.unref(),
    kill(signal) {
      if (gone) return;
      try {
        child.kill(signal);
      } catch (error) {
        if (!(error instanceof TypeError) && !(error instanceof Deno.errors.NotFound)) throw error;
      }
    },
  };
}

/** Sends each signal in turn until the process has ended, waiting `limitMs` after each. */
export async function endProcess(
  running: Running,
  signals: Deno.Signal[],
  limitMs: number,
): Promise<void> {
  for (const signal of signals) {
    running.kill(signal);
    if (await settlesWithin(running.exited, limitMs)) return;
  }
  throw new StackFailure(`process ${running.pid} does not end`);
}

export async function settlesWithin(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  try {
    return await Promise.race([promise.then(() => true, () => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again until the answer is there; undefined when it is not within the limit. */
export async function pollUntil<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  limitMs: number,
  intervalMs = 20,
): Promise<T | undefined> {
  const endsAt = performance.now() + limitMs;
  while (true) {
    const answer = await ask();
    if (answer !== undefined || performance.now() > endsAt) return answer;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

/** Keeps one older log beside the current one. */
export async function rotateLog(file: string): Promise<void> {
  const size = (await Deno.stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LOG_BYTES_MAX) await Deno.rename(file, `${file}.1`);
}

/** The end of a log, for an error message. */
export async function tailOf(file: string): Promise<string> {
  const text = await Deno.readTextFile(file).catch(() => "");
  return text.slice(-LOG_TAIL_BYTES).trim();
}

async function forwardLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const chunk of stream) {
      rest += decoder.decode(chunk, { stream: true });
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) onLine(line);
      while (rest.length > LINE_LENGTH_MAX) {
        onLine(rest.slice(0, LINE_LENGTH_MAX));
        rest = rest.slice(LINE_LENGTH_MAX);
      }
    }
  } catch {
    // A stream that breaks off ends like one that closes: its process is gone.
  }
  if (rest !== "") onLine(rest);
}
