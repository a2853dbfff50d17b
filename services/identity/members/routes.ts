/** How members are reached, by people and by other services. */
import { z } from "@hono/zod-openapi";
import { signedIn, Standing } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import * as members from "./members.ts";
import { MemberPage, MemberQuery, RecipientPage, RecipientQuery } from "./model.ts";

const listMembers = defineRoute({
  permission: "members:read",
  method: "get",
  path: "/api/identity/members",
  tags: ["members"],
  summary: "List the members of your organization",
  request: { query: MemberQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: MemberPage } } },
  },
});

const getStanding = defineRoute({
  permission: "service",
  method: "get",
  path: "/internal/memberships/{mid}/permissions",
  tags: ["internal"],
  summary: "Read what a membership grants now; 404 when it has ended",
  request: { params: z.object({ mid: z.uuid() }) },
  responses: { 200: { description: "OK", content: { "application/json": { schema: Standing } } } },
});

const listRecipients = defineRoute({
  permission: "service",
  method: "get",
  path: "/internal/organizations/{id}/members",
  tags: ["internal"],
  summary: "List the members of an organization who hold a permission",
  request: { params: z.object({ id: z.uuid() }), query: RecipientQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: RecipientPage } } },
  },
});

export function memberRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(listMembers, async (c) => {
    const input = { ...c.req.valid("query"), requestId: c.get("requestId") };
    return reply(c, 200, MemberPage, await members.listMembers(deps, signedIn(c), input));
  });

  api.openapi(getStanding, async (c) => {
    return reply(c, 200, Standing, await members.getStanding(deps, c.req.valid("param").mid));
  });

  api.openapi(listRecipients, async (c) => {
    const input = { ...c.req.valid("query"), organizationId: c.req.valid("param").id };
    return reply(c, 200, RecipientPage, await members.listRecipients(deps, input));
  });

  return api;
}
