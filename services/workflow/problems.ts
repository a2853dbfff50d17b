/** Every problem that workflow may answer with, beyond the common ones. */
import { defineProblems } from "@praxis/shared/problem";

export const problem = defineProblems({
  "task-not-found": { status: 404, title: "This task does not exist" },
  "task-claimed": { status: 409, title: "Somebody else has claimed this task" },
  "task-not-claimed": { status: 409, title: "Nobody has claimed this task" },
  "task-ended": { status: 409, title: "This task is completed or cancelled" },
  "task-changed": { status: 412, title: "This task has changed since you read it" },
  "assignee-unfit": { status: 409, title: "This member may not work tasks" },
  "saga-unknown": { status: 404, title: "No saga has this name" },
  "saga-not-found": { status: 404, title: "This saga does not exist" },
  "saga-ended": { status: 409, title: "This saga has ended" },
  "saga-not-stuck": { status: 409, title: "This saga is not stuck" },
  "saga-past-pivot": { status: 409, title: "This saga can only go forward by now" },
  "saga-definition-gone": { status: 409, title: "This saga's definition is not known any more" },
});
