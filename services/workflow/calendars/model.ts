/** When a clinic is open, and what "within two hours" means while it is not. */
import { z } from "@hono/zod-openapi";

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/).openapi({ example: "08:30" });
const Span = z.tuple([Clock, Clock]);
const Day = z.array(Span).max(6).refine(
  (spans) => spans.every(([from, to], at) => from < to && (at === 0 || spans[at - 1]![1] <= from)),
  "Spans of a day follow one another.",
);

const timeZones = new Set([...Intl.supportedValuesOf("timeZone"), "UTC"]);

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export const CalendarInput = z.strictObject({
  timeZone: z.string().refine((zone) => timeZones.has(zone), "This time zone is not known.")
    .openapi({ example: "Europe/Berlin" }),
  hours: z.strictObject(
    Object.fromEntries(weekdays.map((day) => [day, Day.optional()])) as Record<
      typeof weekdays[number],
      z.ZodOptional<typeof Day>
    >,
  ),
  holidays: z.array(z.iso.date()).max(400),
}).openapi("CalendarInput");
export type Calendar = z.output<typeof CalendarInput>;

export const NamedCalendar = CalendarInput.extend({ name: z.string() }).openapi("Calendar");
export const CalendarName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/);

export const DEFAULT_CALENDAR = "location";
/** Until a clinic says otherwise. */
export const weekdaysEightToSix: Calendar = {
  timeZone: "UTC",
  hours: Object.fromEntries(
    weekdays.slice(0, 5).map((day) => [day, [["08:00", "18:00"]]]),
  ) as Calendar["hours"],
  holidays: [],
};

/** Longer than any clinic is closed: a calendar without hours must not be searched for ever. */
const DAYS_MAX = 3_660;

/** `24:00` is the midnight that ends the day. */
function instantOf(date: Temporal.PlainDate, clock: string, timeZone: string): number {
  const [day, time] = clock === "24:00" ? [date.add({ days: 1 }), "00:00"] : [date, clock];
  const plainTime = Temporal.PlainTime.from(time);
  return day.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
}

/**
 * `ms` of opening time after `from`, by the clocks of the clinic's zone: an hour that a change to
 * summer time leaves out is no opening time. Undefined when the clinic is not open so long in the
 * next ten years.
 */
export function addOpenTime(
  { timeZone, hours, holidays }: Calendar,
  from: Date,
  ms: number,
): Date | undefined {
  const closed = new Set(holidays);
  let left = ms;
  let date = Temporal.Instant.fromEpochMilliseconds(from.getTime())
    .toZonedDateTimeISO(timeZone).toPlainDate();
  for (let day = 0; day < DAYS_MAX; day++, date = date.add({ days: 1 })) {
    if (closed.has(date.toString())) continue;
    for (const [opens, closes] of hours[weekdays[date.dayOfWeek - 1]!] ?? []) {
      const begin = Math.max(instantOf(date, opens, timeZone), from.getTime());
      const end = instantOf(date, closes, timeZone);
      if (end <= begin) continue;
      if (left <= end - begin) return new Date(begin + left);
      left -= end - begin;
    }
  }
  return undefined;
}
