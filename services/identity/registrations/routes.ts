/** How an account is asked for and verified. */
import { createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { networkBehind } from "../limits.ts";
import { Accepted, Register, Resend, Verify } from "./model.ts";
import { registrationCookieOf, registrationOf } from "./cookies.ts";
import * as registrations from "./registrations.ts";

const accepted = {
  202: {
    description: "A letter is on its way, if there is reason for one",
    content: { "application/json": { schema: Accepted } },
  },
};

const register = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/register",
  tags: ["registrations"],
  summary: "Ask for an account; a letter with a link follows",
  request: { body: { required: true, content: { "application/json": { schema: Register } } } },
  responses: accepted,
});

const resend = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/email/resend",
  tags: ["registrations"],
  summary: "Ask for the letter with the link again; with the cookie that came when you registered",
  request: { body: { required: true, content: { "application/json": { schema: Resend } } } },
  responses: accepted,
});

const verify = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/email/verify",
  tags: ["registrations"],
  summary: "Verify the address with the link's token; then you can sign in",
  request: { body: { required: true, content: { "application/json": { schema: Verify } } } },
  responses: { 204: { description: "Verified" } },
});

export function registrationRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(register, async (c) => {
    const facts = { requestId: c.get("requestId"), from: networkBehind(c.req.raw.headers) };
    const { registrationId } = await registrations.register(deps, c.req.valid("json"), facts);
    const cookie = { "set-cookie": registrationCookieOf(registrationId) };
    return reply(c, 202, Accepted, { accepted: true }, cookie);
  });

  api.openapi(resend, async (c) => {
    const { email } = c.req.valid("json");
    const registrationId = registrationOf(c.req.raw.headers);
    const facts = { requestId: c.get("requestId") };
    await registrations.resend(deps, { email, registrationId }, facts);
    return reply(c, 202, Accepted, { accepted: true });
  });

  api.openapi(verify, async (c) => {
    const { token } = c.req.valid("json");
    await registrations.verify(deps, token, { requestId: c.get("requestId") });
    return empty(204);
  });

  return api;
}
