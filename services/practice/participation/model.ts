/** What runs may order here. */
import { z } from "@hono/zod-openapi";
import { undoOf } from "@praxis/shared/orders";
import { AppointmentInput } from "../appointments/model.ts";

export const BookOrder = z.strictObject({
  organizationId: z.uuid(),
  appointment: AppointmentInput,
}).openapi("BookOrder");
export type BookOrder = z.output<typeof BookOrder>;

export const UndoBooking = z.strictObject({ organizationId: z.uuid(), undoOf })
  .openapi("UndoBooking");

export const Ordered = z.object({ appointmentId: z.uuid(), startsAt: z.iso.datetime() })
  .openapi("OrderedAppointment");
export type Ordered = z.output<typeof Ordered>;
