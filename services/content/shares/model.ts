/** What a share is: someone, beside the staff, may read one version of a document. */
import { z } from "@hono/zod-openapi";
import { Page } from "@praxis/shared/http";

export const NewShare = z.strictObject({
  userId: z.uuid(),
  expiresAt: z.iso.datetime().optional(),
}).openapi("NewDocumentShare");
export type NewShare = z.output<typeof NewShare>;

export const Share = z.object({
  id: z.uuid(),
  documentId: z.uuid(),
  version: z.int(),
  userId: z.uuid(),
  purpose: z.enum(["share", "release"]).openapi({
    description: "A release is to the patient, and final once it was read.",
  }),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  expiresAt: z.iso.datetime().nullable(),
  firstReadAt: z.iso.datetime().nullable(),
}).openapi("DocumentShare");
export type Share = z.output<typeof Share>;
export const SharePage = Page(Share).openapi("DocumentSharePage");

/** What someone sees of a document that is shared with them: not what the clinic notes about it. */
export const SharedDocument = z.object({
  documentId: z.uuid(),
  version: z.int(),
  title: z.string(),
  fileName: z.string(),
  mediaType: z.string(),
  size: z.number().int(),
  sharedAt: z.iso.datetime(),
  firstReadAt: z.iso.datetime().nullable(),
}).openapi("SharedDocument");
export type SharedDocument = z.output<typeof SharedDocument>;
export const SharedDocumentPage = Page(SharedDocument).openapi("SharedDocumentPage");

/** What is used of the data of practice's `patient.unlinked`. */
export const PatientUnlinked = z.object({ patientId: z.uuid(), userId: z.uuid() });
export type PatientUnlinked = z.output<typeof PatientUnlinked>;
