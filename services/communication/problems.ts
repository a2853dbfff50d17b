/** Every problem that communication may answer with, beyond the common ones. */
import { defineProblems } from "@praxis/shared/problem";

export const problem = defineProblems({
  "notification-not-found": { status: 404, title: "This notification does not exist" },
});
