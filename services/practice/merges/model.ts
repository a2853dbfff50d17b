/** What a merge is: two patients that turned out to be one, until it is undone. */
import { z } from "@hono/zod-openapi";
import { Page, PageQuery } from "@praxis/shared/http";
import { Identifier, text } from "../patients/model.ts";

export const MergeInput = z.strictObject({
  patientId: z.uuid().openapi({ description: "Who is given up." }),
  intoPatientId: z.uuid().openapi({ description: "Who takes over." }),
  reason: text(300).nullable().default(null),
}).openapi("MergeInput");
export type MergeInput = z.output<typeof MergeInput>;

/** Exactly what changed hands. */
export const Moved = z.object({
  identifiers: z.array(Identifier),
  appointmentIds: z.array(z.uuid()),
  waitingEntryIds: z.array(z.uuid()),
  userIds: z.array(z.uuid()),
}).openapi("Moved");
export type Moved = z.output<typeof Moved>;

export const Merge = z.object({
  id: z.uuid(),
  patientId: z.uuid(),
  intoPatientId: z.uuid(),
  reason: z.string().nullable(),
  moved: Moved,
  mergedAt: z.iso.datetime(),
  mergedBy: z.uuid(),
  undoneAt: z.iso.datetime().nullable(),
  undoneBy: z.uuid().nullable(),
}).openapi("Merge");
export type Merge = z.output<typeof Merge>;

export const MergePage = Page(Merge).openapi("MergePage");
export const MergeQuery = PageQuery.extend({ patientId: z.uuid().optional() });
