/** The facts that content tells the other services. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";

const DocumentFact = z.object({
  documentId: z.uuid(),
  version: z.number().int(),
  kind: z.string(),
  title: z.string(),
  fileName: z.string(),
  patientId: z.uuid().nullable(),
  /** A user's id. */
  createdBy: z.uuid(),
});

export const documentCreated = defineEvent({
  type: "document.created",
  version: 1,
  data: DocumentFact,
  subscribers: ["communication", "workflow"],
});

/** Nobody asks for it yet. */
export const documentVersionAdded = defineEvent({
  type: "document.version_added",
  version: 1,
  data: DocumentFact,
  subscribers: [],
});
