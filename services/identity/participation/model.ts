/** What sagas may order here: to found a clinic, and to see a member off. */
import { z } from "@hono/zod-openapi";
import { undoOf } from "@praxis/shared/orders";

const name = z.string().trim().min(1).max(200).regex(/^\P{Cc}*$/u);

export const FoundClinic = z.strictObject({
  organizationId: z.uuid().openapi({ description: "Of the new clinic." }),
  name,
}).openapi("FoundClinic");

export const OpenClinic = z.strictObject({
  ownerUserIds: z.array(z.uuid()).min(1).max(20),
  foundedBy: z.uuid().openapi({ description: "The clinic whose members its owners are now." }),
}).openapi("OpenClinic");
export const Undo = z.strictObject({ undoOf }).openapi("UndoOrder");
/** The path says it all. */
export const Nothing = z.strictObject({}).openapi("NoDetails");

export const OneClinic = z.object({ id: z.uuid() });
export const OneMember = OneClinic.extend({ userId: z.uuid() });

/** What a suspension has done, so that it can be undone and nothing else. */
export type Suspended = { membershipId: string; endedAt: string };
