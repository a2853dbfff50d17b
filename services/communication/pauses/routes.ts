/** How an account that has paused itself is let go on. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, empty } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { resume } from "./resuming.ts";

const resumeAccount = defineRoute({
  permission: "providers:manage",
  method: "post",
  path: "/api/communication/provider-accounts/{id}/resume",
  tags: ["providers"],
  summary: "Send marketing again by an account that has paused itself (409 when it has not)",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 204: { description: "Done" } },
});

export function pauseRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(resumeAccount, async (c) => {
    const request = { requestId: c.get("requestId") };
    await resume(deps, signedIn(c), c.req.valid("param").id, request);
    return empty();
  });

  return api;
}
