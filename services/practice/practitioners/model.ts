/** What a practitioner is: who sees patients, and when. */
import { z } from "@hono/zod-openapi";
import { Page } from "@praxis/shared/http";
import { Calendar } from "../calendars/model.ts";
import { HumanName, Identifier, text } from "../patients/model.ts";

export const PractitionerInput = z.strictObject({
  name: HumanName,
  identifiers: z.array(Identifier).max(20).default([]),
  /** The member who this is, if they sign in. */
  userId: z.uuid().nullable().default(null),
  specialty: text(200).nullable().default(null),
  isActive: z.boolean().default(true),
}).openapi("PractitionerInput");
export type PractitionerInput = z.output<typeof PractitionerInput>;

export const NewPractitioner = PractitionerInput.extend({
  calendar: Calendar.default({
    timeZone: "UTC",
    slotMinutes: 15,
    bufferBeforeMinutes: 0,
    bufferAfterMinutes: 0,
    hours: [],
  }),
}).openapi("NewPractitioner");
export type NewPractitioner = z.output<typeof NewPractitioner>;

export const Practitioner = PractitionerInput.extend({
  calendar: Calendar,
  id: z.uuid(),
  version: z.number().int(),
}).openapi("Practitioner");
export type Practitioner = z.output<typeof Practitioner>;

export const PractitionerPage = Page(Practitioner).openapi("PractitionerPage");
