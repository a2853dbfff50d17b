/** What a chart is: everything that the platform knows of a patient, as far as it answers. */
import { z } from "@hono/zod-openapi";
import type { Permission } from "@praxis/shared/auth";
import { Appointment } from "../appointments/model.ts";
import { CommunicationSummary, ContentSummary, WorkflowSummary } from "../clients/model.ts";
import { Patient } from "../patients/model.ts";

/** Each part, who keeps it, and what one must hold to see it. */
export const parts = {
  appointments: { service: "practice", permission: "appointments:read" },
  documents: { service: "content", permission: "documents:read" },
  messages: { service: "communication", permission: "messages:read" },
  tasks: { service: "workflow", permission: "tasks:read" },
  pathways: { service: "workflow", permission: "pathways:read" },
} as const satisfies Record<string, { service: string; permission: Permission }>;
export type Part = keyof typeof parts;
export const partNames = Object.keys(parts) as Part[];

export const Chart = z.object({
  patient: Patient,
  appointments: z.object({ upcoming: z.array(Appointment), past: z.array(Appointment) }).nullable(),
  documents: ContentSummary.shape.documents.nullable(),
  messages: CommunicationSummary.shape.messages.nullable(),
  tasks: WorkflowSummary.shape.tasks.nullable(),
  pathways: WorkflowSummary.shape.pathways.unwrap().nullable(),
  unavailable: z.array(z.enum(["content", "communication", "workflow"])).openapi({
    description: "Services that did not answer in time; their parts are null.",
  }),
  withheld: z.array(z.enum(partNames as [Part, ...Part[]])).openapi({
    description: "Parts that you may not see; they are null.",
  }),
}).openapi("Chart");
export type Chart = z.output<typeof Chart>;
