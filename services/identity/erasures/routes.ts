/** How people ask to be forgotten. */
import { signedIn } from "@praxis/shared/auth";
import { createApi, defineRoute, empty } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import * as erasures from "./erasures.ts";

const eraseMe = defineRoute({
  permission: "signed-in",
  method: "delete",
  path: "/api/identity/users/me",
  tags: ["users"],
  summary: "Erase your account; needs a step-up, and is for patients only",
  description: "At once and for good. 409 for whoever works or worked in a clinic: its records " +
    "name them.",
  responses: { 204: { description: "Erased" } },
});

export function erasureRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(eraseMe, async (c) => {
    await erasures.eraseOwn(deps, signedIn(c), { requestId: c.get("requestId") });
    return empty(204);
  });

  return api;
}
