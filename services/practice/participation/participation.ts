/** Practice's part in runs: appointments that are booked, and called off again. */
import { record } from "@praxis/shared/audit";
import { carryOut, type Order, takeBack } from "@praxis/shared/orders";
import { transaction } from "@praxis/shared/postgres";
import * as appointments from "../appointments/appointments.ts";
import type { Deps } from "../deps.ts";
import type { BookOrder, Ordered } from "./model.ts";

/** One key books one appointment: its undoing knows the key only. */
const booking = (organizationId: string) => ({
  organizationId,
  route: "appointment.order",
  subject: "appointment",
});

/** @throws appointment-taken, patient-not-found, practitioner-not-found, location-not-found */
export async function book(
  deps: Deps,
  order: Order,
  { organizationId, appointment: input }: BookOrder,
): Promise<Ordered> {
  const { actor, requestId } = order;
  const at = deps.now();
  const call = { actor: { organizationId }, requestId };
  return await appointments.unlessTaken(() =>
    transaction(
      deps.sql,
      { organizationId },
      (tx) =>
        carryOut(tx, order, booking(organizationId), async () => {
          const { id, startsAt, patientId } = await appointments.bookWithin(tx, call, input, at);
          await record(tx, at, {
            actor,
            organizationId,
            action: "appointment.booked",
            subject: { type: "appointment", id },
            requestId,
            details: { patientId },
          });
          return { appointmentId: id, startsAt };
        }),
    )
  );
}

/** Calls off what was booked under `undoOf`; what has taken place stays. */
export async function unbook(
  deps: Deps,
  order: Order,
  { organizationId, undoOf }: { organizationId: string; undoOf: string },
): Promise<void> {
  const { actor, requestId } = order;
  const at = deps.now();
  const call = { actor: { organizationId }, requestId };
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack<Ordered>(tx, order, { ...booking(organizationId), undoOf }, async (booked) => {
        const { appointmentId: id } = booked;
        const reason = "The run that had booked it was undone.";
        if (!await appointments.cancelWithin(tx, call, id, { at, reason })) return;
        await record(tx, at, {
          actor,
          organizationId,
          action: "appointment.cancelled",
          subject: { type: "appointment", id },
          requestId,
        });
      }),
  );
}
