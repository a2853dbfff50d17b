/** Who waits for a time, and which free time would suit them. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";
import { Appointment, DURATION, isDuration } from "../appointments/model.ts";
import { text } from "../patients/model.ts";

export const WaitingInput = z.strictObject({
  patientId: z.uuid(),
  /** Null: whoever is free. */
  practitionerId: z.uuid().nullable().default(null),
  durationMinutes: z.number().int().min(1).max(1_440),
  earliestOn: z.iso.date(),
  latestOn: z.iso.date(),
  note: text(300).nullable().default(null),
}).refine(({ earliestOn, latestOn }) => earliestOn <= latestOn, {
  message: "This ends before it begins.",
  path: ["latestOn"],
}).openapi("WaitingInput");
export type WaitingInput = z.output<typeof WaitingInput>;

export const WaitingEntry = z.object({
  id: z.uuid(),
  patientId: z.uuid(),
  practitionerId: z.uuid().nullable(),
  durationMinutes: z.number().int(),
  earliestOn: z.iso.date(),
  latestOn: z.iso.date(),
  note: z.string().nullable(),
  status: z.enum(["waiting", "booked", "withdrawn"]),
  appointmentId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
}).openapi("WaitingEntry");
export type WaitingEntry = z.output<typeof WaitingEntry>;

export const WaitingPage = Page(WaitingEntry).openapi("WaitingPage");

const DateTime = z.iso.datetime({ offset: true });
export const WaitingQuery = PageQuery.extend({
  practitionerId: z.uuid().optional().openapi({
    description: "Only those whom this practitioner suits.",
  }),
  startsAt: DateTime.optional().openapi({ description: "With endsAt: whom this time suits." }),
  endsAt: DateTime.optional(),
});

export const WaitingBooking = z.strictObject({
  practitionerId: z.uuid(),
  locationId: z.uuid().nullable().default(null),
  startsAt: DateTime,
  endsAt: DateTime,
}).refine(isDuration, { message: DURATION, path: ["endsAt"] }).openapi("WaitingBooking");
export type WaitingBooking = z.output<typeof WaitingBooking>;

export const BookedFromWaiting = z.object({
  entry: WaitingEntry,
  appointment: Appointment,
}).openapi("BookedFromWaiting");
