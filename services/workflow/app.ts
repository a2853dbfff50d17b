/** The table of contents of workflow. */
import { auditRoutes } from "@praxis/shared/audit";
import { type Api, createService, type Surroundings } from "@praxis/shared/http";
import { jobRoutes } from "@praxis/shared/jobs";
import type { Deps } from "./deps.ts";
import { workflowEvents } from "./events.ts";
import { sagaRoutes } from "./sagas/routes.ts";
import { taskRoutes } from "./tasks/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings): Api {
  return createService({
    name: "workflow",
    features: [
      taskRoutes(deps),
      sagaRoutes(deps),
      workflowEvents(deps),
      jobRoutes("workflow", deps),
      auditRoutes("workflow", deps),
    ],
    ...surroundings,
  });
}
