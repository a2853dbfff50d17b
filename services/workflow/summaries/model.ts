/** What workflow says of a patient when practice gathers a chart. */
import { z } from "@hono/zod-openapi";

export const SummaryQuery = z.strictObject({
  organizationId: z.uuid(),
  userId: z.uuid().openapi({ description: "Who is going to read the chart." }),
});

export const PatientSummary = z.object({
  tasks: z.array(z.object({
    id: z.uuid(),
    title: z.string(),
    state: z.string(),
    dueAt: z.iso.datetime().nullable(),
  })),
  pathways: z.array(z.object({ id: z.uuid(), title: z.string(), state: z.string() })),
}).openapi("PatientTasks");
export type PatientSummary = z.output<typeof PatientSummary>;
