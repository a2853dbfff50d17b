/** What sagas may order here, and what a patient is told of a result. */
import { z } from "@hono/zod-openapi";
import { undoOf } from "@praxis/shared/orders";
import type { Message } from "../notifications/model.ts";

export const Id = z.object({ id: z.uuid() });
export const Undo = z.strictObject({ undoOf }).openapi("UndoOrder");

export const PrepareClinic = z.strictObject({
  name: z.string().trim().min(1).max(200).regex(/^\P{Cc}*$/u),
}).openapi("PrepareClinic");

export const Departure = z.strictObject({ organizationId: z.uuid(), userId: z.uuid() })
  .openapi("Departure");
export const UndoDeparture = Departure.extend({ undoOf }).openapi("UndoDeparture");

/** More users than one patient has. */
const USERS_MAX = 20;

export const ResultReleased = z.strictObject({
  organizationId: z.uuid(),
  documentId: z.uuid(),
  userIds: z.array(z.uuid()).min(1).max(USERS_MAX),
  /** The saga: one notification for each, however often it is ordered. */
  eventId: z.uuid(),
}).openapi("ResultReleased");
export type ResultReleased = z.output<typeof ResultReleased>;

/** The result's own title stays inside: notifications are shown on locked screens. */
export const messageOf = (documentId: string, clinic: string | undefined): Message => ({
  kind: "result.released",
  title: clinic === undefined
    ? "A result is ready for you"
    : `${clinic}: a result is ready for you`,
  subject: { type: "document", id: documentId },
  patientId: null,
});
