/** A practitioner's days on a screen: what is booked, what is free, and where it stands. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { Client, PracticeSchemas } from "../../api/client.ts";
import type { View } from "./search.ts";
import { addDays, dayOf, minuteOf, mondayOf, startOf } from "./zone.ts";

export type Appointment = PracticeSchemas["Appointment"];
export type Practitioner = PracticeSchemas["Practitioner"];
export type Slot = PracticeSchemas["Slot"];
const SHORT_MS = 20_000;
const LONG_MS = 5 * 60_000;
const PAGES_MAX = 5;

export const practitionersQuery = (client: Client) =>
  queryOptions({
    queryKey: ["practitioners"],
    staleTime: LONG_MS,
    queryFn: async ({ signal }) => {
      const query = { limit: 100 };
      const page = await client.get("/api/practice/practitioners", { query, signal });
      return page.items.filter(({ isActive }) => isActive);
    },
  });

/** The days that a view shows: the weekend only when somebody works or is booked then. */
export const daysOf = (day: string, view: View): string[] =>
  view === "day" ? [day] : Array.from({ length: 7 }, (_, at) => addDays(mondayOf(day), at));

type Range = { practitioner: Practitioner; days: string[]; minutes: number };

const rangeOf = ({ practitioner, days }: Range) => {
  const zone = practitioner.calendar.timeZone;
  return {
    from: new Date(startOf(days[0]!, zone)).toISOString(),
    to: new Date(startOf(addDays(days.at(-1)!, 1), zone)).toISOString(),
  };
};

export const bookedQuery = (client: Client, range: Range) =>
  queryOptions({
    queryKey: ["appointments", range.practitioner.id, range.days[0], range.days.length],
    staleTime: SHORT_MS,
    refetchInterval: 60_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { ...rangeOf(range), practitionerId: range.practitioner.id, limit: 100 };
      const items: Appointment[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages < PAGES_MAX; pages++) {
        const page: PracticeSchemas["AppointmentPage"] = await client.get(
          "/api/practice/appointments",
          { query: { ...query, ...(cursor ? { cursor } : {}) }, signal },
        );
        items.push(...page.items);
        cursor = page.nextCursor;
        if (!cursor) break;
      }
      return items.filter(({ status }) => status !== "cancelled");
    },
  });

export const freeQuery = (client: Client, range: Range) =>
  queryOptions({
    queryKey: ["slots", range.practitioner.id, range.days[0], range.days.length, range.minutes],
    staleTime: SHORT_MS,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = {
        ...rangeOf(range),
        practitionerId: range.practitioner.id,
        durationMinutes: range.minutes,
      };
      return (await client.get("/api/practice/slots", { query, signal })).items;
    },
  });

/** What a move to a free time says: where it is, too, when the hours are those of one location. */
export const moveTo = (
  { startsAt, endsAt, locationId }: Slot,
): PracticeSchemas["AppointmentMove"] =>
  locationId === null ? { startsAt, endsAt } : { startsAt, endsAt, locationId };

/** Something on a day, from one minute of it to another. */
export type Entry =
  & { from: number; to: number; startsAt: string; endsAt: string }
  & ({ kind: "booked"; appointment: Appointment } | { kind: "free"; slot: Slot });

/** What stands on `day`, in order. A free time that overlaps the one before is left out. */
export function entriesOf(
  day: string,
  zone: string,
  booked: readonly Appointment[],
  free: readonly Slot[],
): Entry[] {
  const on = ({ startsAt }: { startsAt: string }) => dayOf(startsAt, zone) === day;
  const span = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) => {
    const from = minuteOf(startsAt, zone);
    const length = (Date.parse(endsAt) - Date.parse(startsAt)) / 60_000;
    return { from, to: Math.min(from + length, 24 * 60), startsAt, endsAt };
  };
  const entries: Entry[] = booked.filter(on).map((appointment) => ({
    ...span(appointment),
    kind: "booked",
    appointment,
  }));
  let end = "";
  for (const slot of free.filter(on)) {
    if (slot.startsAt < end) continue;
    end = slot.endsAt;
    entries.push({ ...span(slot), kind: "free", slot });
  }
  return entries.sort((a, b) => a.startsAt < b.startsAt ? -1 : a.startsAt > b.startsAt ? 1 : 0);
}

/** The hours that all of these days need, whole. */
export function hoursOf(days: readonly Entry[][]): { first: number; last: number } {
  const all = days.flat();
  if (all.length === 0) return { first: 8, last: 18 };
  return {
    first: Math.floor(Math.min(...all.map(({ from }) => from)) / 60),
    last: Math.ceil(Math.max(...all.map(({ to }) => to)) / 60),
  };
}
