/** The table of contents of communication. */
import { auditRoutes } from "@praxis/shared/audit";
import { type Api, createService, type Surroundings } from "@praxis/shared/http";
import type { Deps } from "./deps.ts";
import { communicationEvents } from "./events.ts";
import { mailboxRoutes } from "./mailbox/routes.ts";
import { notificationRoutes } from "./notifications/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings): Api {
  return createService({
    name: "communication",
    features: [
      notificationRoutes(deps),
      mailboxRoutes(deps),
      communicationEvents(deps),
      auditRoutes("communication", deps),
    ],
    ...surroundings,
  });
}
