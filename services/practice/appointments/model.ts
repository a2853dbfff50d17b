/** What an appointment is, which step may follow which, and when a series takes place. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";
import { instantOf, warnings } from "../calendars/model.ts";
import { TimeZone } from "../locations/model.ts";
import { text } from "../patients/model.ts";

export const statuses = [
  "booked",
  "confirmed",
  "arrived",
  "fulfilled",
  "cancelled",
  "missed",
] as const;
export type Status = typeof statuses[number];

const DateTime = z.iso.datetime({ offset: true });
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Longer is not an appointment but a stay. */
export const isDuration = ({ startsAt, endsAt }: { startsAt: string; endsAt: string }) => {
  const length = Date.parse(endsAt) - Date.parse(startsAt);
  return length >= MINUTE_MS && length <= DAY_MS;
};
export const DURATION = "An appointment lasts from one minute to one day, forwards.";

export const AppointmentInput = z.strictObject({
  patientId: z.uuid(),
  practitionerId: z.uuid(),
  locationId: z.uuid().nullable().default(null),
  startsAt: DateTime,
  endsAt: DateTime,
  reason: text(500).nullable().default(null),
}).refine(isDuration, { message: DURATION, path: ["endsAt"] }).openapi("AppointmentInput");
export type AppointmentInput = z.output<typeof AppointmentInput>;

export const MoveInput = z.strictObject({
  startsAt: DateTime,
  endsAt: DateTime,
  practitionerId: z.uuid().optional(),
  locationId: z.uuid().nullable().optional(),
}).refine(isDuration, { message: DURATION, path: ["endsAt"] }).openapi("AppointmentMove");
export type MoveInput = z.output<typeof MoveInput>;

export const Cancellation = z.strictObject({
  reason: text(200).nullable().default(null),
}).openapi("AppointmentCancellation");

export const Appointment = z.object({
  id: z.uuid(),
  version: z.number().int(),
  patientId: z.uuid(),
  practitionerId: z.uuid(),
  locationId: z.uuid().nullable(),
  seriesId: z.uuid().nullable(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  status: z.enum(statuses),
  reason: z.string().nullable(),
  cancellationReason: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}).openapi("Appointment");
export type Appointment = z.output<typeof Appointment>;

export const AppointmentPage = Page(Appointment).openapi("AppointmentPage");

export const Booked = Appointment.extend({
  warnings: z.array(z.enum(warnings)).openapi({
    description: "What speaks against this time; it is booked all the same.",
  }),
}).openapi("BookedAppointment");
export type Booked = z.output<typeof Booked>;

export const AppointmentQuery = PageQuery.extend({
  patientId: z.uuid().optional(),
  practitionerId: z.uuid().optional(),
  locationId: z.uuid().optional(),
  seriesId: z.uuid().optional(),
  status: z.enum(statuses).optional(),
  from: DateTime.optional().openapi({ description: "Those that begin at or after." }),
  to: DateTime.optional().openapi({ description: "Those that begin before." }),
});

export const steps = ["confirm", "arrive", "fulfil", "cancel", "miss"] as const;
export type Step = typeof steps[number];

const MOVES: Record<Step, { from: readonly Status[]; to: Status }> = {
  confirm: { from: ["booked"], to: "confirmed" },
  arrive: { from: ["booked", "confirmed"], to: "arrived" },
  fulfil: { from: ["arrived"], to: "fulfilled" },
  cancel: { from: ["booked", "confirmed", "arrived"], to: "cancelled" },
  miss: { from: ["booked", "confirmed"], to: "missed" },
};

/** The status after `step`; undefined when it is too late, or too early, for it. */
export function after(status: Status, step: Step): Status | undefined {
  const { from, to } = MOVES[step];
  return from.includes(status) ? to : undefined;
}

/** May still be given another time. */
export const isMovable = (status: Status) => status === "booked" || status === "confirmed";

export const SERIES_MAX = 60;

export const SeriesInput = z.strictObject({
  patientId: z.uuid(),
  practitionerId: z.uuid(),
  locationId: z.uuid().nullable().default(null),
  startsOn: z.iso.date(),
  localTime: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "This is not a time of day."),
  /** The location's, or the practitioner's, unless said. */
  timeZone: TimeZone.optional(),
  durationMinutes: z.number().int().min(1).max(1_440),
  everyDays: z.number().int().min(1).max(366).default(7),
  count: z.number().int().min(1).max(SERIES_MAX),
  reason: text(500).nullable().default(null),
}).openapi("SeriesInput");
export type SeriesInput = z.output<typeof SeriesInput>;

export const Series = z.object({
  id: z.uuid(),
  timeZone: z.string(),
  appointments: z.array(Appointment),
  /** Whose local time the clock skips: they begin later by what is skipped. */
  shifted: z.array(z.uuid()),
}).openapi("Series");
export type Series = z.output<typeof Series>;

export type Occurrence = { startsAt: string; endsAt: string; isShifted: boolean };

/** Nine o'clock stays nine o'clock on the wall, whatever the clock does in between. */
export function occurrencesOf(
  { startsOn, localTime, durationMinutes, everyDays, count }: Omit<
    SeriesInput,
    "patientId" | "practitionerId" | "locationId" | "reason" | "timeZone"
  >,
  timeZone: string,
): Occurrence[] {
  const first = Temporal.PlainDate.from(startsOn);
  return Array.from({ length: count }, (_, at) => {
    const from = instantOf(first.add({ days: at * everyDays }), localTime, timeZone);
    const local = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone)
      .toPlainTime().toString({ smallestUnit: "minute" });
    return {
      startsAt: new Date(from).toISOString(),
      endsAt: new Date(from + durationMinutes * MINUTE_MS).toISOString(),
      isShifted: local !== localTime,
    };
  });
}
