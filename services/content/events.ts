/** The facts that content tells the other services, and those that it hears of. */
import { defineEvent, eventRoutes } from "@praxis/shared/events";
import type { Api } from "@praxis/shared/http";
import { z } from "zod";
import type { Deps } from "./deps.ts";
import { mergeHandlers } from "./merges/merges.ts";
import { shareHandlers } from "./shares/shares.ts";

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

export const documentVersionAdded = defineEvent({
  type: "document.version_added",
  version: 1,
  data: DocumentFact,
  subscribers: ["workflow"],
});

export const contentEvents = (deps: Deps): Api =>
  eventRoutes(deps.sql, { ...mergeHandlers(deps), ...shareHandlers(deps) });
