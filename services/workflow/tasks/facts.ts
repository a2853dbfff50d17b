/** The facts that workflow tells about tasks. Nobody subscribes yet; the outbox keeps them. */
import { defineEvent } from "@praxis/shared/events";
import { z } from "zod";

const Subject = z.object({ type: z.string(), id: z.string() });

export const TaskCreated = defineEvent({
  type: "task.created",
  version: 1,
  data: z.strictObject({
    taskId: z.uuid(),
    subject: Subject,
    patientId: z.uuid().nullable(),
    candidatePermission: z.string(),
    dueAt: z.iso.datetime(),
  }),
  subscribers: [],
});

export const TaskCompleted = defineEvent({
  type: "task.completed",
  version: 1,
  data: z.strictObject({
    taskId: z.uuid(),
    subject: Subject,
    patientId: z.uuid().nullable(),
    completedBy: z.uuid(),
    outcome: z.string().nullable(),
  }),
  subscribers: [],
});
