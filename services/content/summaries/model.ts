/** What content says of a patient when practice gathers a chart. */
import { z } from "@hono/zod-openapi";

export const SummaryQuery = z.strictObject({
  organizationId: z.uuid(),
  userId: z.uuid().openapi({ description: "Who is going to read the chart." }),
});

export const PatientSummary = z.object({
  documents: z.array(z.object({
    id: z.uuid(),
    title: z.string(),
    kind: z.string(),
    createdAt: z.iso.datetime(),
  })),
}).openapi("PatientDocuments");
export type PatientSummary = z.output<typeof PatientSummary>;
