/** When a practitioner works, and which times are free: pure, and safe across clock changes. */
import { z } from "@hono/zod-openapi";
import { TimeZone } from "../locations/model.ts";
import { text } from "../patients/model.ts";

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "This is not a time of day.")
  .openapi({ example: "09:00" });
const EndOfDay = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, "Not a time of day.")
  .openapi({ example: "17:30" });
const Day = z.iso.date();

export const WorkingHours = z.strictObject({
  weekday: z.number().int().min(1).max(7).openapi({ description: "1 is Monday (ISO 8601)." }),
  from: TimeOfDay,
  to: EndOfDay,
  /** Its time zone counts, when there is one; else the calendar's. */
  locationId: z.uuid().nullable().default(null),
  validFrom: Day.nullable().default(null),
  validUntil: Day.nullable().default(null),
}).refine(({ from, to }) => from < to, "These hours end before they begin.")
  .openapi("WorkingHours");

const minutes = (max: number) => z.number().int().min(0).max(max);

export const Calendar = z.strictObject({
  timeZone: TimeZone,
  /** Free times begin at the start of the hours and every so many minutes after. */
  slotMinutes: z.number().int().min(5).max(480).default(15),
  bufferBeforeMinutes: minutes(240).default(0),
  bufferAfterMinutes: minutes(240).default(0),
  hours: z.array(WorkingHours).max(100).default([]),
}).openapi("Calendar");
export type Calendar = z.output<typeof Calendar>;

export const AbsenceInput = z.strictObject({
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  reason: text(200).nullable().default(null),
}).refine(
  ({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt),
  "This ends before it begins.",
).openapi("AbsenceInput");
export type AbsenceInput = z.output<typeof AbsenceInput>;

export const Absence = z.object({
  id: z.uuid(),
  practitionerId: z.uuid(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  reason: z.string().nullable(),
}).openapi("Absence");
export type Absence = z.output<typeof Absence>;

export const HolidayInput = z.strictObject({
  on: Day,
  name: text(200),
  locationId: z.uuid().nullable().default(null),
}).openapi("HolidayInput");
export type HolidayInput = z.output<typeof HolidayInput>;
export const Holiday = HolidayInput.extend({ id: z.uuid() }).openapi("Holiday");
export type Holiday = z.output<typeof Holiday>;

export const Slot = z.object({
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  locationId: z.uuid().nullable(),
}).openapi("Slot");
export type Slot = z.output<typeof Slot>;

const MINUTE_MS = 60_000;
/** A month and a day: what a calendar on a screen shows at most. */
export const SLOT_RANGE_DAYS_MAX = 32;
export const SLOTS_MAX = 2_000;

/** Half open, in milliseconds since 1970. */
export type Span = { from: number; to: number };
export const overlaps = (a: Span, b: Span) => a.from < b.to && b.from < a.to;

/** What an appointment takes out of a calendar. */
export function occupied(calendar: Calendar, { from, to }: Span): Span {
  return {
    from: from - calendar.bufferBeforeMinutes * MINUTE_MS,
    to: to + calendar.bufferAfterMinutes * MINUTE_MS,
  };
}

/**
 * A local time as an instant. A time that the clock skips is moved on by what is skipped (02:30
 * becomes 03:30), one that comes twice is the first: Temporal's `compatible`, as iCalendar has it.
 */
export function instantOf(day: Temporal.PlainDate, time: string, timeZone: string): number {
  const [on, at] = time === "24:00" ? [day.add({ days: 1 }), "00:00"] : [day, time];
  return on.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(at) }).epochMilliseconds;
}

const dayIn = (at: number, timeZone: string) =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

type Window = Span & { locationId: string | null };
type Off = { holidays: Pick<Holiday, "on" | "locationId">[] };

/** The working hours of `calendar` that touch `range`, as instants; holidays are left out. */
export function windowsOf(
  calendar: Calendar,
  zones: ReadonlyMap<string, string>,
  { holidays }: Off,
  range: Span,
): Window[] {
  const windows: Window[] = [];
  for (const { weekday, from, to, locationId, validFrom, validUntil } of calendar.hours) {
    const timeZone = (locationId && zones.get(locationId)) ?? calendar.timeZone;
    const last = dayIn(range.to, timeZone);
    let day = dayIn(range.from, timeZone);
    day = day.add({ days: (weekday - day.dayOfWeek + 7) % 7 });
    for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 7 })) {
      const on = day.toString();
      const isOff = (validFrom && on < validFrom) || (validUntil && on > validUntil) ||
        holidays.some((holiday) =>
          holiday.on === on && (!holiday.locationId || holiday.locationId === locationId)
        );
      if (isOff) continue;
      const window = {
        from: instantOf(day, from, timeZone),
        to: instantOf(day, to, timeZone),
        locationId,
      };
      if (overlaps(window, range)) windows.push(window);
    }
  }
  return windows.sort((a, b) => a.from - b.from);
}

type Asked = {
  calendar: Calendar;
  /** The time zones of the locations that the hours name. */
  zones: ReadonlyMap<string, string>;
  holidays: Pick<Holiday, "on" | "locationId">[];
  absences: Span[];
  /** What is taken, buffers included: of the practitioner, or of the room that is named. */
  taken: (Span & { room?: string })[];
  range: Span;
  durationMinutes: number;
  locationId?: string;
};

/** The free times of a practitioner, in order, at most `SLOTS_MAX`. */
export function slotsOf(
  { calendar, zones, holidays, absences, taken, range, durationMinutes, locationId }: Asked,
): Slot[] {
  const slots = new Map<number, Slot>();
  const step = calendar.slotMinutes * MINUTE_MS;
  const duration = durationMinutes * MINUTE_MS;
  for (const window of windowsOf(calendar, zones, { holidays }, range)) {
    if (locationId !== undefined && window.locationId !== locationId) continue;
    for (let from = window.from; from + duration <= window.to; from += step) {
      if (slots.size >= SLOTS_MAX) break;
      const slot = { from, to: from + duration };
      if (from < range.from || slot.to > range.to || slots.has(from)) continue;
      if (absences.some((absence) => overlaps(absence, slot))) continue;
      const needed = occupied(calendar, slot);
      const isTaken = taken.some(({ room, ...span }) =>
        room === undefined
          ? overlaps(span, needed)
          : room === window.locationId && overlaps(span, slot)
      );
      if (isTaken) continue;
      slots.set(from, {
        startsAt: new Date(slot.from).toISOString(),
        endsAt: new Date(slot.to).toISOString(),
        locationId: window.locationId,
      });
    }
  }
  return [...slots.values()].sort((a, b) => a.startsAt < b.startsAt ? -1 : 1);
}

export const warnings = ["outside-working-hours", "holiday", "absent"] as const;
export type Warning = typeof warnings[number];

/** What speaks against a time that is free: booking it is for people to decide. */
export function warningsOf(
  { calendar, zones, holidays, absences, range }: Omit<
    Asked,
    "taken" | "durationMinutes" | "locationId"
  >,
): Warning[] {
  const isWithin = (holidays: Off["holidays"]) =>
    windowsOf(calendar, zones, { holidays }, range)
      .some(({ from, to }) => from <= range.from && range.to <= to);
  const found: Warning[] = [];
  if (!isWithin([])) found.push("outside-working-hours");
  else if (!isWithin(holidays)) found.push("holiday");
  if (absences.some((absence) => overlaps(absence, range))) found.push("absent");
  return found;
}
