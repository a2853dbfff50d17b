/** How a clinic's names for its kinds of documents are reached over HTTP. */
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { Categories } from "./model.ts";
import * as store from "./store.ts";

const listCategories = defineRoute({
  // Whoever files a document is offered them.
  permission: "documents:write",
  method: "get",
  path: "/api/content/categories",
  tags: ["documents"],
  summary: "List what your clinic calls its kinds of documents, in its order",
  responses: {
    200: { description: "OK", content: { "application/json": { schema: Categories } } },
  },
});

export function categoryRoutes(deps: Deps) {
  const api = createApi();
  api.openapi(listCategories, async (c) => {
    const { organizationId } = signedIn(c);
    const items = await read(
      deps.sql,
      { organizationId },
      (tx) => store.list(tx, organizationId),
    );
    return reply(c, 200, Categories, { items });
  });
  return api;
}
