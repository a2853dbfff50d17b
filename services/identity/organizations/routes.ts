/** How organizations are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import { read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { Organization } from "./model.ts";
import * as store from "./store.ts";

const getOrganization = defineRoute({
  permission: "organizations:read",
  method: "get",
  path: "/api/identity/organizations/{id}",
  tags: ["organizations"],
  summary: "Read your organization",
  request: { params: z.object({ id: z.uuid() }) },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: Organization } } },
  },
});

export function organizationRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(getOrganization, async (c) => {
    const { organizationId } = signedIn(c);
    const { id } = c.req.valid("param");
    const found = id.toLowerCase() === organizationId &&
      await read(deps.sql, { organizationId }, (tx) => store.find(tx, organizationId));
    if (!found) throw common("not-found");
    return reply(c, 200, Organization, found);
  });

  return api;
}
