/** The table of contents of content. */
import { auditRoutes } from "@praxis/shared/audit";
import { createService, type Surroundings } from "@praxis/shared/http";
import type { Deps } from "./deps.ts";
import { dicomRoutes } from "./dicom/routes.ts";
import { documentRoutes } from "./documents/routes.ts";
import { ingestionRoutes } from "./ingestion/routes.ts";
import { messageRoutes } from "./messages/routes.ts";
import { searchRoutes } from "./search/routes.ts";

export function createApp(deps: Deps, surroundings: Surroundings) {
  return createService({
    name: "content",
    features: [
      documentRoutes(deps),
      dicomRoutes(deps),
      messageRoutes(deps),
      ingestionRoutes(deps),
      searchRoutes(deps),
      auditRoutes("content", deps),
    ],
    ...surroundings,
  });
}
