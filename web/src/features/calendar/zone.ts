/** Days and minutes of a time zone, without a library: what a calendar on a screen needs. */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock in `zone` at an instant, as if it were UTC. */
function wallOf(at: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      hourCycle: "h23",
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value);
  return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute);
}

/** `2026-03-29` */
export const dayOf = (at: number | string, zone: string): string =>
  new Date(wallOf(new Date(at).getTime(), zone)).toISOString().slice(0, 10);

/** Minutes since midnight on the wall clock. */
export const minuteOf = (at: number | string, zone: string): number =>
  wallOf(new Date(at).getTime(), zone) % DAY_MS / MINUTE_MS;

/** The instant at which `day` begins in `zone`; where midnight is skipped, the first after it. */
export function startOf(day: string, zone: string): number {
  const wall = Date.parse(`${day}T00:00:00Z`);
  // The offset at a guess, then at the better guess: it may change on this very day.
  let at = wall - (wallOf(wall, zone) - wall);
  at -= wallOf(at, zone) - wall;
  return dayOf(at, zone) < day ? at + 60 * MINUTE_MS : at;
}

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The Monday of the week (ISO 8601). */
export const mondayOf = (day: string): string =>
  addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

export const isDay = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value) &&
  !Number.isNaN(Date.parse(`${value}T00:00:00Z`)) &&
  new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
