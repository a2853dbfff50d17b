/** The table of contents of workflow. */
import { auditRoutes } from "@praxis/shared/audit";
import { type Api, createService, type Surroundings } from "@praxis/shared/http";
import { jobRoutes } from "@praxis/shared/jobs";
import { calendarRoutes } from "./calendars/routes.ts";
import { definitionRoutes } from "./definitions/routes.ts";
import type { Deps } from "./deps.ts";
import { workflowEvents } from "./events.ts";
import { participationRoutes } from "./participation/routes.ts";
import { pathwayRoutes } from "./pathways/routes.ts";
import { runRoutes } from "./runs/routes.ts";
import { sagaRoutes } from "./sagas/routes.ts";
import { summaryRoutes } from "./summaries/routes.ts";
import { taskRoutes } from "./tasks/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings): Api {
  return createService({
    name: "workflow",
    features: [
      taskRoutes(deps),
      sagaRoutes(deps),
      definitionRoutes(deps),
      runRoutes(deps),
      calendarRoutes(deps),
      pathwayRoutes(deps),
      workflowEvents(deps),
      summaryRoutes(deps),
      participationRoutes(deps),
      jobRoutes("workflow", deps),
      auditRoutes("workflow", deps),
    ],
    ...surroundings,
  });
}
