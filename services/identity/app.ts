/** The table of contents of identity. */
import { auditRoutes } from "@praxis/shared/audit";
import { createService, type Surroundings } from "@praxis/shared/http";
import { jobRoutes } from "@praxis/shared/jobs";
import { credentialRoutes } from "./credentials/routes.ts";
import { dataExportRoutes } from "./data_exports/routes.ts";
import { decisionRoutes } from "./decisions/routes.ts";
import type { Deps } from "./deps.ts";
import { erasureRoutes } from "./erasures/routes.ts";
import { factorRoutes } from "./factors/routes.ts";
import { keyRoutes } from "./keys/routes.ts";
import { memberRoutes } from "./members/routes.ts";
import { oauthClientRoutes } from "./oauth/client_routes.ts";
import { oauthRoutes } from "./oauth/routes.ts";
import { organizationRoutes } from "./organizations/routes.ts";
import { participationRoutes } from "./participation/routes.ts";
import { policyRoutes } from "./policies/routes.ts";
import { registrationRoutes } from "./registrations/routes.ts";
import { revocationRoutes } from "./revocations/routes.ts";
import { sessionFactorRoutes } from "./sessions/factor_routes.ts";
import { sessionRoutes } from "./sessions/routes.ts";
import { userRoutes } from "./users/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings) {
  return createService({
    name: "identity",
    features: [
      sessionRoutes(deps),
      sessionFactorRoutes(deps),
      registrationRoutes(deps),
      credentialRoutes(deps),
      factorRoutes(deps),
      policyRoutes(deps),
      oauthRoutes(deps),
      oauthClientRoutes(deps),
      keyRoutes(deps),
      decisionRoutes(deps),
      userRoutes(deps),
      dataExportRoutes(deps),
      erasureRoutes(deps),
      organizationRoutes(deps),
      memberRoutes(deps),
      revocationRoutes(deps),
      participationRoutes(deps),
      jobRoutes("identity", deps),
      auditRoutes("identity", deps),
    ],
    ...surroundings,
  });
}
