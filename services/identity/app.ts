/** The table of contents of identity. */
import { auditRoutes } from "@praxis/shared/audit";
import { createService, type Surroundings } from "@praxis/shared/http";
import { decisionRoutes } from "./decisions/routes.ts";
import type { Deps } from "./deps.ts";
import { keyRoutes } from "./keys/routes.ts";
import { memberRoutes } from "./members/routes.ts";
import { organizationRoutes } from "./organizations/routes.ts";
import { revocationRoutes } from "./revocations/routes.ts";
import { serviceTokenRoutes } from "./service_tokens/routes.ts";
import { sessionRoutes } from "./sessions/routes.ts";
import { userRoutes } from "./users/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings) {
  return createService({
    name: "identity",
    features: [
      sessionRoutes(deps),
      serviceTokenRoutes(deps),
      keyRoutes(deps),
      decisionRoutes(deps),
      userRoutes(deps),
      organizationRoutes(deps),
      memberRoutes(deps),
      revocationRoutes(deps),
      auditRoutes("identity", deps),
    ],
    ...surroundings,
  });
}
