/** The sagas of the platform: what each does where, and how it is undone. */
import { z } from "zod";
import { defineSaga, keyOf, type SagaDefinition } from "./model.ts";

const Moved = z.object({ taskIds: z.array(z.uuid()) });

/** Everything that one member has claimed becomes another's; if that other may not, nothing moves. */
export const handOverTasks = defineSaga({
  name: "hand-over-tasks",
  version: 1,
  title: "Hand a member's tasks over to another",
  permission: "tasks:assign",
  input: z.strictObject({ fromUserId: z.uuid(), toUserId: z.uuid() }),
  deadlineSeconds: 600,
  steps: [
    {
      name: "release-tasks",
      class: "compensatable",
      forward: ({ organizationId, input }) => ({
        service: "workflow",
        method: "POST",
        path: "/internal/tasks/release",
        body: { organizationId, userId: input.fromUserId },
      }),
      compensate: ({ sagaId, organizationId, input }) => ({
        service: "workflow",
        method: "POST",
        path: "/internal/tasks/restore",
        body: {
          organizationId,
          userId: input.fromUserId,
          undoOf: keyOf(sagaId, "release-tasks", "forward"),
        },
      }),
    },
    {
      name: "assign-tasks",
      class: "pivot",
      forward: ({ organizationId, input, results }) => ({
        service: "workflow",
        method: "POST",
        path: "/internal/tasks/assign",
        body: {
          organizationId,
          userId: input.toUserId,
          taskIds: Moved.parse(results["release-tasks"]).taskIds,
        },
      }),
    },
  ],
});

export const definitions: readonly SagaDefinition[] = [handOverTasks];
