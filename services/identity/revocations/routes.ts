/** How other services learn at once what a signed token cannot tell them. */
import { RevocationPage } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { RevocationQuery } from "./model.ts";
import * as revocations from "./revocations.ts";

const listRevocations = defineRoute({
  permission: "service",
  method: "get",
  path: "/internal/revocations",
  tags: ["internal"],
  summary: "Wait up to 25 s for sessions and memberships that changed after `after`",
  request: { query: RevocationQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: RevocationPage } } },
  },
});

export function revocationRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(listRevocations, async (c) => {
    const page = await revocations.awaitAfter(deps, c.req.valid("query").after);
    return reply(c, 200, RevocationPage, page);
  });

  return api;
}
