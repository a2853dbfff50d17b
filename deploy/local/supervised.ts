/** One process that is kept running: restarted with growing pauses after a crash. */
import { ENDING_SIGNALS, endProcess, type Running } from "./process.ts";

export type Supervised = {
  name: string;
  pid(): number | undefined;
  start(): void;
  /** Asks it to end, then makes it; it stays down until `start`. */
  stop(limitMs?: number): Promise<void>;
  /** Sends a signal. One that ends the process leaves it down until `start`. */
  kill(signal: Deno.Signal): Promise<void>;
};

export type SupervisedOptions = {
  name: string;
  launch: () => Running;
  say: (text: string) => void;
  /** How long it may take to finish what it is doing. */
  stopLimitMs: number;
};

const PAUSE_FIRST_MS = 250;
const PAUSE_MAX_MS = 10_000;
/** Up for this long, a process counts as healthy, and its next crash as the first. */
const HEALTHY_AFTER_MS = 20_000;
const KILL_LIMIT_MS = 5_000;

/** The pause before the restart that follows the given number of crashes in a row. */
export function pauseAfterCrashes(crashes: number): number {
  return Math.min(PAUSE_FIRST_MS * 2 ** (crashes - 1), PAUSE_MAX_MS);
}

export function supervise(options: SupervisedOptions): Supervised {
  let running: Running | undefined;
  let isWanted = false;
  let crashes = 0;
  let restart: ReturnType<typeof setTimeout> | undefined;

  const launch = () => {
    const current = options.launch();
    const startedAt = performance.now();
    running = current;
    current.exited.then((status) => {
      if (running === current) running = undefined;
      if (!isWanted) return;
      crashes = performance.now() - startedAt > HEALTHY_AFTER_MS ? 1 : crashes + 1;
      const pauseMs = pauseAfterCrashes(crashes);
      const how = status.signal
        ? `was ended by ${status.signal}`
        : `ended with code ${status.code}`;
      options.say(`${options.name} ${how}; starting it again in ${pauseMs} ms`);
      restart = setTimeout(() => {
        if (isWanted) launch();
      }, pauseMs);
    });
  };

  const release = () => {
    isWanted = false;
    clearTimeout(restart);
  };

  return {
    name: options.name,
    pid: () => running?.pid,
    start() {
      clearTimeout(restart);
      crashes = 0;
      isWanted = true;
      if (!running) launch();
    },
    async stop(limitMs = options.stopLimitMs) {
      release();
      if (running) await endProcess(running, ["SIGTERM", "SIGKILL"], limitMs);
    },
    async kill(signal) {
      const current = running;
      if (!ENDING_SIGNALS.has(signal)) return current?.kill(signal);
      release();
      if (current) await endProcess(current, [signal, "SIGKILL"], KILL_LIMIT_MS);
    },
  };
}
