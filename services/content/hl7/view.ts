/** How a document's messages are shown. */
import { z } from "@hono/zod-openapi";
import { SeenPatient } from "../ingestion/model.ts";

const text = z.string();

const Observation = z.object({
  position: z.number().int(),
  orderPosition: z.number().int().nullable(),
  valueType: text,
  code: text,
  label: text,
  codeSystem: text,
  subId: text,
  value: text,
  units: text,
  referenceRange: text,
  flags: text,
  status: text,
  observedAt: text,
  notes: text,
}).openapi("Hl7Observation");

const Order = z.object({
  placer: text,
  filler: text,
  control: text,
  code: text,
  text,
  system: text,
  observedAt: text,
  status: text,
}).openapi("Hl7Order");

const Visit = z.object({
  number: text,
  class: text,
  location: text,
  attending: text,
  admittedAt: text,
  dischargedAt: text,
}).openapi("Hl7Visit");

export const Hl7Message = z.object({
  message: z.number().int().openapi({ description: "Place in the file, from 1." }),
  patientGroup: z.number().int().openapi({
    description:
      "Place among the patients of the message, from 1. A message that names several is shown once for each, with that patient's visit, orders and observations.",
  }),
  messageType: text,
  triggerEvent: text,
  controlId: text,
  hl7Version: text,
  processingId: text,
  sendingApplication: text,
  sendingFacility: text,
  receivingApplication: text,
  receivingFacility: text,
  sentAt: text.openapi({ description: "As written in the message." }),
  patient: SeenPatient.nullable(),
  visit: Visit.nullable(),
  orders: z.array(Order),
  observations: z.array(Observation),
}).openapi("Hl7Message");
export type Hl7Message = z.infer<typeof Hl7Message>;

export const Hl7View = z.object({
  documentId: z.uuid(),
  version: z.number().int(),
  messages: z.array(Hl7Message),
}).openapi("Hl7Messages");
export type Hl7View = z.infer<typeof Hl7View>;
