/** How users are reached over HTTP. */
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { Me } from "./model.ts";
import * as users from "./users.ts";

const getMe = defineRoute({
  permission: "signed-in",
  method: "get",
  path: "/api/identity/users/me",
  tags: ["users"],
  summary: "Read who you are and where you work",
  responses: { 200: { description: "OK", content: { "application/json": { schema: Me } } } },
});

export function userRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(getMe, async (c) => reply(c, 200, Me, await users.getMe(deps, signedIn(c))));

  return api;
}
