/** The table of contents of communication. */
import { auditRoutes } from "@praxis/shared/audit";
import { type Api, createService, type Surroundings } from "@praxis/shared/http";
import { jobRoutes } from "@praxis/shared/jobs";
import { accountRoutes } from "./accounts/routes.ts";
import { deliveryRoutes } from "./deliveries/routes.ts";
import type { Deps } from "./deps.ts";
import { communicationEvents } from "./events.ts";
import { hookRoutes } from "./hooks/routes.ts";
import { mailboxRoutes } from "./mailbox/routes.ts";
import { messageRoutes } from "./messages/routes.ts";
import { notificationRoutes } from "./notifications/routes.ts";
import { participationRoutes } from "./participation/routes.ts";
import { pauseRoutes } from "./pauses/routes.ts";
import { preferenceRoutes } from "./preferences/routes.ts";
import { recipientRoutes } from "./recipients/routes.ts";
import { simulatorRoutes } from "./simulators/routes.ts";
import { summaryRoutes } from "./summaries/routes.ts";
import { suppressionRoutes } from "./suppressions/routes.ts";
import { templateRoutes } from "./templates/routes.ts";
import { webhookRoutes } from "./webhooks/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings): Api {
  return createService({
    name: "communication",
    features: [
      notificationRoutes(deps),
      messageRoutes(deps),
      deliveryRoutes(deps),
      templateRoutes(deps),
      recipientRoutes(deps),
      preferenceRoutes(deps),
      suppressionRoutes(deps),
      accountRoutes(deps),
      pauseRoutes(deps),
      hookRoutes(deps),
      webhookRoutes(deps),
      simulatorRoutes(deps),
      mailboxRoutes(deps),
      communicationEvents(deps),
      summaryRoutes(deps),
      participationRoutes(deps),
      jobRoutes("communication", deps),
      auditRoutes("communication", deps),
    ],
    ...surroundings,
  });
}
