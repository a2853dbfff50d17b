/** How users are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { LinkToken } from "../links/model.ts";
import * as addresses from "./addresses.ts";
import { Email, Me, SecurityEventPage, SecurityEventQuery } from "./model.ts";
import * as users from "./users.ts";

const getMe = defineRoute({
  permission: "signed-in",
  method: "get",
  path: "/api/identity/users/me",
  tags: ["users"],
  summary: "Read who you are and where you work",
  responses: { 200: { description: "OK", content: { "application/json": { schema: Me } } } },
});

const listSecurityEvents = defineRoute({
  permission: "signed-in",
  method: "get",
  path: "/api/identity/users/me/security-events",
  tags: ["users"],
  summary: "List what happened to your account",
  request: { query: SecurityEventQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: SecurityEventPage } } },
  },
});

const ChangeEmail = z.strictObject({ email: Email }).openapi("ChangeEmail");
const ConfirmEmail = z.strictObject({ token: LinkToken }).openapi("ConfirmEmail");
const Accepted = z.object({ accepted: z.literal(true) }).openapi("Accepted");

const changeEmail = defineRoute({
  permission: "signed-in",
  method: "post",
  path: "/api/identity/users/me/email",
  tags: ["users"],
  summary: "Ask to use another address; needs a step-up",
  request: { body: { required: true, content: { "application/json": { schema: ChangeEmail } } } },
  responses: {
    202: {
      description: "A letter is on its way, if there is reason for one",
      content: { "application/json": { schema: Accepted } },
    },
  },
});

const confirmEmail = defineRoute({
  permission: "signed-in",
  method: "post",
  path: "/api/identity/users/me/email/confirm",
  tags: ["users"],
  summary: "Confirm the new address with the token that was mailed to it",
  request: { body: { required: true, content: { "application/json": { schema: ConfirmEmail } } } },
  responses: { 204: { description: "Changed" } },
});

export function userRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(getMe, async (c) => reply(c, 200, Me, await users.getMe(deps, signedIn(c))));

  api.openapi(listSecurityEvents, async (c) => {
    const page = await users.listSecurityEvents(deps, signedIn(c), c.req.valid("query"));
    return reply(c, 200, SecurityEventPage, page);
  });

  api.openapi(changeEmail, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    await addresses.startChange(deps, signedIn(c), input);
    return reply(c, 202, Accepted, { accepted: true });
  });

  api.openapi(confirmEmail, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    await addresses.confirmChange(deps, signedIn(c), input);
    return empty(204);
  });

  return api;
}
