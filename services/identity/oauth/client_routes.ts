/** How a clinic registers the programs of others. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { CreatedOAuthClient, NewOAuthClient, OAuthClientPage, OAuthClientQuery } from "./model.ts";
import * as oauth from "./oauth.ts";

const listClients = defineRoute({
  permission: "service-accounts:read",
  method: "get",
  path: "/api/identity/oauth-clients",
  tags: ["oauth-clients"],
  summary: "List the programs of others that your organization lets in",
  request: { query: OAuthClientQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: OAuthClientPage } } },
  },
});

const registerClient = defineRoute({
  permission: "service-accounts:manage",
  method: "post",
  path: "/api/identity/oauth-clients",
  tags: ["oauth-clients"],
  summary: "Register a program; a confidential one gets its secret, shown this once",
  request: {
    body: { required: true, content: { "application/json": { schema: NewOAuthClient } } },
  },
  responses: {
    201: {
      description: "Registered",
      content: { "application/json": { schema: CreatedOAuthClient } },
    },
  },
});

const removeClient = defineRoute({
  permission: "service-accounts:manage",
  method: "delete",
  path: "/api/identity/oauth-clients/{id}",
  tags: ["oauth-clients"],
  summary: "Remove a program, and end all it was granted",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 204: { description: "Removed" } },
});

export function oauthClientRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(listClients, async (c) => {
    const page = await oauth.listClients(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, OAuthClientPage, page);
  });

  api.openapi(registerClient, async (c) => {
    const facts = { requestId: c.get("requestId") };
    const client = await oauth.register(deps, signedIn(c), c.req.valid("json"), facts);
    return reply(c, 201, CreatedOAuthClient, client, {
      "cache-control": "no-store",
      location: `/api/identity/oauth-clients/${client.id}`,
    });
  });

  api.openapi(removeClient, async (c) => {
    const { id } = c.req.valid("param");
    await oauth.remove(deps, signedIn(c), { id, requestId: c.get("requestId") });
    return empty(204);
  });

  return api;
}
