/** Tasks change hands: everything that one member has claimed becomes another's. */
import { z } from "zod";
import { defineSaga, type Facts, keyOf, type StepDefinition } from "./model.ts";
import { order } from "./orders.ts";

const Moved = z.object({ taskIds: z.array(z.uuid()) });

export const releaseTasks = (fromOf: (facts: Facts) => unknown): StepDefinition => ({
  name: "release-tasks",
  class: "compensatable",
  forward: (facts) =>
    order("workflow", "/internal/tasks/release", {
      organizationId: facts.organizationId,
      userId: fromOf(facts),
    }),
  compensate: (facts) =>
    order("workflow", "/internal/tasks/restore", {
      organizationId: facts.organizationId,
      userId: fromOf(facts),
      undoOf: keyOf(facts.sagaId, "release-tasks", "forward"),
    }),
});

/** Refused when the other may not work tasks. */
export const assignTasks = (toOf: (facts: Facts) => unknown): StepDefinition => ({
  name: "assign-tasks",
  class: "pivot",
  forward: (facts) =>
    order("workflow", "/internal/tasks/assign", {
      organizationId: facts.organizationId,
      userId: toOf(facts),
      taskIds: Moved.parse(facts.results["release-tasks"]).taskIds,
    }),
});

export const handOverTasks = defineSaga({
  name: "hand-over-tasks",
  version: 1,
  title: "Hand a member's tasks over to another",
  permission: "tasks:assign",
  services: ["workflow"],
  input: z.strictObject({ fromUserId: z.uuid(), toUserId: z.uuid() }),
  deadlineSeconds: 600,
  steps: [
    releaseTasks(({ input }) => input.fromUserId),
    assignTasks(({ input }) => input.toUserId),
  ],
});
