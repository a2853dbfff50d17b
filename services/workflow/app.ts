/** The table of contents of workflow. */
import { auditRoutes } from "@praxis/shared/audit";
import { type Api, createService, type Surroundings } from "@praxis/shared/http";
import { jobRoutes } from "@praxis/shared/jobs";
import { analyticsRoutes } from "./analytics/routes.ts";
import { assistanceRoutes } from "./assistance/routes.ts";
import { alertRoutes } from "./alerts/routes.ts";
import { calendarRoutes } from "./calendars/routes.ts";
import { complianceRoutes } from "./compliance/routes.ts";
import { decisionRoutes } from "./decisions/routes.ts";
import { definitionRoutes } from "./definitions/routes.ts";
import type { Deps } from "./deps.ts";
import { workflowEvents } from "./events.ts";
import { hookRoutes } from "./hooks/routes.ts";
import { participationRoutes } from "./participation/routes.ts";
import { pathwayRoutes } from "./pathways/routes.ts";
import { runRoutes } from "./runs/routes.ts";
import { runMigrationRoutes } from "./run_migrations/routes.ts";
import { sagaRoutes } from "./sagas/routes.ts";
import { stanceRoutes } from "./stance/routes.ts";
import { shippedRoutes } from "./shipped/routes.ts";
import { scoreRoutes } from "./scores/routes.ts";
import { summaryRoutes } from "./summaries/routes.ts";
import { terminologyRoutes } from "./terminology/routes.ts";
import { taskRoutes } from "./tasks/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings): Api {
  return createService({
    name: "workflow",
    features: [
      taskRoutes(deps),
      sagaRoutes(deps),
      definitionRoutes(deps),
      runRoutes(deps),
      runMigrationRoutes(deps),
      shippedRoutes(deps),
      calendarRoutes(deps),
      pathwayRoutes(deps),
      complianceRoutes(deps),
      analyticsRoutes(deps),
      stanceRoutes(deps),
      assistanceRoutes(deps),
      terminologyRoutes(deps),
      workflowEvents(deps),
      summaryRoutes(deps),
      participationRoutes(deps),
      scoreRoutes(deps),
      decisionRoutes(deps),
      alertRoutes(deps),
      hookRoutes(deps),
      jobRoutes("workflow", deps),
      auditRoutes("workflow", deps),
    ],
    ...surroundings,
  });
}
