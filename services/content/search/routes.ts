/** How documents are searched over HTTP. */
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { SearchPage, SearchQuery } from "./model.ts";
import * as search from "./search.ts";

const searchDocuments = defineRoute({
  permission: "documents:read",
  method: "get",
  path: "/api/content/search",
  tags: ["search"],
  summary: "Find documents by the words inside them",
  request: { query: SearchQuery },
  responses: {
    200: { description: "Best first", content: { "application/json": { schema: SearchPage } } },
  },
});

export function searchRoutes(deps: Deps) {
  const api = createApi();
  api.openapi(searchDocuments, async (c) => {
    const call = { actor: signedIn(c), requestId: c.get("requestId") };
    return reply(c, 200, SearchPage, await search.search(deps, call, c.req.valid("query")));
  });
  return api;
}
