/**
 * The database's time, the same for every process. By a system clock that is set while a process
 * runs, living workers would be taken for dead, and what is due for what has expired.
 */
import { read, type Sql } from "@praxis/shared/postgres";
import { readTime } from "./store.ts";

const EVERY_MS = 10_000;

export type Clock = { now: () => Date; follow(): Promise<void>; stop(): void };

/**
 * Between two askings time goes on by what has passed, whatever the system's clock says.
 * `elapsedMs`: milliseconds since some moment, which nobody sets.
 */
export async function followTime(
  { ask, elapsedMs = () => performance.now() }: {
    ask: () => Promise<Date>;
    elapsedMs?: () => number;
  },
): Promise<Clock> {
  let startedAt = 0;
  async function follow(): Promise<void> {
    const asked = elapsedMs();
    const time = await ask();
    startedAt = time.getTime() - (asked + elapsedMs()) / 2;
  }
  await follow();
  // Without an answer it goes on as it went.
  const timer = setInterval(() => void follow().catch(() => {}), EVERY_MS);
  return {
    now: () => new Date(startedAt + elapsedMs()),
    follow,
    stop: () => clearInterval(timer),
  };
}

export const openClock = (sql: Sql): Promise<Clock> =>
  followTime({ ask: () => read(sql, "system", readTime) });
