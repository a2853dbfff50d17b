/** Until when a task is put off, as the browser's field for a day and an hour wants it. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An hour from `now`, or the last whole minute before it is due when that is sooner. */
export const latestOf = (dueAt: string, now: number): number =>
  Math.min(now + HOUR_MS, Math.floor(Date.parse(dueAt) / MINUTE_MS) * MINUTE_MS);

/** `YYYY-MM-DDTHH:mm` of the person's own clock. */
export function localOf(at: number): string {
  const date = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
