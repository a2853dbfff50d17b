/** How passwords are changed and reset. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { LinkToken } from "../links/model.ts";
import { Email } from "../users/model.ts";
import { Password } from "./model.ts";
import * as passwords from "./passwords.ts";

const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });

const ChangePassword = z.strictObject({ currentPassword: Password, newPassword: Password })
  .openapi("ChangePassword");
const ForgotPassword = z.strictObject({ email: Email }).openapi("ForgotPassword");
const ResetPassword = z.strictObject({ token: LinkToken, newPassword: Password })
  .openapi("ResetPassword");
const Accepted = z.object({ accepted: z.literal(true) }).openapi("Accepted");

const changePassword = defineRoute({
  permission: "signed-in",
  method: "post",
  path: "/api/identity/users/me/password",
  tags: ["credentials"],
  summary: "Change your password; your other devices are signed out",
  request: { body: { required: true, content: json(ChangePassword) } },
  responses: { 204: { description: "Changed" } },
});

const forgotPassword = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/password/forgot",
  tags: ["credentials"],
  summary: "Ask for a link to set a new password",
  request: { body: { required: true, content: json(ForgotPassword) } },
  responses: {
    202: { description: "A letter is on its way, if there is reason", content: json(Accepted) },
  },
});

const resetPassword = defineRoute({
  permission: "public",
  method: "post",
  path: "/auth/password/reset",
  tags: ["credentials"],
  summary: "Set a new password with the link's token; all devices are signed out",
  request: { body: { required: true, content: json(ResetPassword) } },
  responses: { 204: { description: "Set; sign in with it, and with your second factor" } },
});

export function credentialRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(changePassword, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    await passwords.change(deps, signedIn(c), input);
    return empty(204);
  });

  api.openapi(forgotPassword, async (c) => {
    const { email } = c.req.valid("json");
    await passwords.forget(deps, email, { requestId: c.get("requestId") });
    return reply(c, 202, Accepted, { accepted: true });
  });

  api.openapi(resetPassword, async (c) => {
    const input = { ...c.req.valid("json"), requestId: c.get("requestId") };
    await passwords.reset(deps, input);
    return empty(204);
  });

  return api;
}
