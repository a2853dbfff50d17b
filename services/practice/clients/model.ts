/** What of the other services' answers a chart uses. */
import { z } from "@hono/zod-openapi";

export const ContentSummary = z.object({
  documents: z.array(z.object({
    id: z.uuid(),
    title: z.string(),
    kind: z.string(),
    createdAt: z.iso.datetime(),
  })),
});
export const CommunicationSummary = z.object({
  messages: z.array(z.object({ id: z.uuid(), title: z.string(), sentAt: z.iso.datetime() })),
});
export const WorkflowSummary = z.object({
  tasks: z.array(z.object({
    id: z.uuid(),
    title: z.string(),
    state: z.string(),
    dueAt: z.iso.datetime().nullable(),
  })),
  pathways: z.array(z.object({ id: z.uuid(), title: z.string(), state: z.string() })).default([]),
});
