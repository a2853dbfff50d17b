/** The table of contents of content. */
import { auditRoutes } from "@praxis/shared/audit";
import { createService, type Surroundings } from "@praxis/shared/http";
import { jobRoutes } from "@praxis/shared/jobs";
import { categoryRoutes } from "./categories/routes.ts";
import type { Deps } from "./deps.ts";
import { dicomRoutes } from "./dicom/routes.ts";
import { documentRoutes } from "./documents/routes.ts";
import { contentEvents } from "./events.ts";
import { ingestionRoutes } from "./ingestion/routes.ts";
import { messageRoutes } from "./messages/routes.ts";
import { participationRoutes } from "./participation/routes.ts";
import { searchRoutes } from "./search/routes.ts";
import { shareRoutes } from "./shares/routes.ts";
import { summaryRoutes } from "./summaries/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings) {
  return createService({
    name: "content",
    features: [
      documentRoutes(deps),
      dicomRoutes(deps),
      messageRoutes(deps),
      ingestionRoutes(deps),
      searchRoutes(deps),
      summaryRoutes(deps),
      contentEvents(deps),
      shareRoutes(deps),
      categoryRoutes(deps),
      participationRoutes(deps),
      auditRoutes("content", deps),
      jobRoutes("content", deps),
    ],
    ...surroundings,
  });
}
