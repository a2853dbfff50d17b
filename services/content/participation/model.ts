/** What sagas and runs may order here. */
import { z } from "@hono/zod-openapi";
import { undoOf } from "@praxis/shared/orders";

export const Id = z.object({ id: z.uuid() });
export const Nothing = z.strictObject({}).openapi("NoDetails");
export const Undo = z.strictObject({ undoOf }).openapi("UndoOrder");

/** More users than one patient has. */
const USERS_MAX = 20;

export const ReleaseToPatient = z.strictObject({
  organizationId: z.uuid(),
  patientId: z.uuid().openapi({ description: "For whom the document was filed." }),
  userIds: z.array(z.uuid()).min(1).max(USERS_MAX).openapi({
    description: "The users who are this patient, as practice knows them.",
  }),
  releasedBy: z.string().min(1).max(100),
}).openapi("ReleaseToPatient");

export const WithdrawRelease = Undo.extend({ organizationId: z.uuid() })
  .openapi("WithdrawRelease");

export const MemberShares = z.strictObject({ organizationId: z.uuid(), userId: z.uuid() })
  .openapi("MemberShares");
export const RestoreShares = MemberShares.extend({ undoOf }).openapi("RestoreShares");

/** Half of what an order may carry. */
const TEXT_CHARS_MAX = 50_000;
const line = z.string().trim().min(1).max(200).regex(/^\P{Cc}*$/u);

export const NewLetter = z.strictObject({
  organizationId: z.uuid(),
  title: line,
  text: z.string().min(1).max(TEXT_CHARS_MAX).regex(/^[^\0]*$/),
  category: line.max(60).optional(),
  patientId: z.uuid().optional(),
  createdBy: z.uuid().openapi({ description: "Who answers for it: the author of a definition." }),
}).openapi("NewLetter");
export type NewLetter = z.output<typeof NewLetter>;

export const Filed = z.object({ documentId: z.uuid() }).openapi("FiledLetter");
