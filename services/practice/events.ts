/** The facts that practice tells. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";

/** Those who keep things under a patient's id, and move them when two patients become one. */
const KEEPERS = ["content", "communication", "workflow"];

const patient = z.strictObject({ patientId: z.uuid(), version: z.number().int() });
export const patientRegistered = defineEvent({
  type: "patient.registered",
  version: 1,
  data: patient,
  subscribers: ["workflow"],
});
export const patientChanged = defineEvent({
  type: "patient.changed",
  version: 1,
  // Whoever has plans for a patient hears of their death.
  data: patient.extend({ isDeceased: z.boolean().optional() }),
  subscribers: ["workflow"],
});

/**
 * What is kept under `patientId` belongs to `intoPatientId` from now on. Whoever follows remembers
 * `mergeId` with what moved, so that exactly this can move back.
 */
const merge = z.strictObject({ mergeId: z.uuid(), patientId: z.uuid(), intoPatientId: z.uuid() });
export const patientMerged = defineEvent({
  type: "patient.merged",
  version: 1,
  data: merge,
  subscribers: KEEPERS,
});
/** What moved with `mergeId` is `patientId`'s again. */
export const patientUnmerged = defineEvent({
  type: "patient.unmerged",
  version: 1,
  data: merge,
  subscribers: KEEPERS,
});

/** The user is this patient no more: what only the patient may see is not theirs any longer. */
export const patientUnlinked = defineEvent({
  type: "patient.unlinked",
  version: 1,
  data: z.strictObject({ patientId: z.uuid(), userId: z.uuid() }),
  subscribers: ["content"],
});

const appointment = z.strictObject({
  appointmentId: z.uuid(),
  version: z.number().int(),
  patientId: z.uuid(),
  practitionerId: z.uuid(),
  locationId: z.uuid().nullable(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime(),
  status: z.string(),
});
const ofAppointment = (what: string) =>
  defineEvent({
    type: `appointment.${what}`,
    version: 1,
    data: appointment,
    subscribers: ["workflow"],
  });
export const appointmentEvents = {
  booked: ofAppointment("booked"),
  moved: ofAppointment("moved"),
  cancelled: ofAppointment("cancelled"),
  confirmed: ofAppointment("confirmed"),
  arrived: ofAppointment("arrived"),
  fulfilled: ofAppointment("fulfilled"),
  missed: ofAppointment("missed"),
};
