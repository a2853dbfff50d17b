/** Which user is which patient, and what such a user sees of their own. */
import { z } from "@hono/zod-openapi";
import { Page } from "@praxis/shared/http";
import { Appointment } from "../appointments/model.ts";
import { Patient } from "../patients/model.ts";

export const LinkInput = z.strictObject({ userId: z.uuid() }).openapi("PatientUserInput");
export const PatientUser = z.object({
  userId: z.uuid(),
  patientId: z.uuid(),
  linkedAt: z.iso.datetime(),
}).openapi("PatientUser");
export type PatientUser = z.output<typeof PatientUser>;

/** What a patient has said of themselves; not what the clinic notes about them. */
export const OwnPatient = Patient.pick({
  id: true,
  identifiers: true,
  name: true,
  birthDate: true,
  sex: true,
  contacts: true,
  addresses: true,
  languages: true,
}).openapi("OwnPatient");

/** When and where; the reason is the clinic's note. */
export const OwnAppointment = Appointment.pick({
  id: true,
  practitionerId: true,
  locationId: true,
  startsAt: true,
  endsAt: true,
  status: true,
}).openapi("OwnAppointment");
export const OwnAppointmentPage = Page(OwnAppointment).openapi("OwnAppointmentPage");
