/** How services ask whether a user may do something, and users what they may do themselves. */
import { createApi, defineRoute, reply, type RequestFacts } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import { createMiddleware } from "hono/factory";
import type { Deps } from "../deps.ts";
import * as decisions from "./decisions.ts";
import { AnyAnswer, AnyQuestion } from "./model.ts";

const PATH = "/auth/validate";

/**
 * The contract gives this one path to two kinds of callers, a service and a user, and a route has
 * one permission: so it is `public` for the gate, and refuses strangers here, before the body is
 * read.
 */
const refuseStrangers = createMiddleware<{ Variables: RequestFacts }>(async (c, next) => {
  if (c.req.method === "POST" && c.get("actor").kind === "anonymous") {
    throw common("not-signed-in");
  }
  await next();
});

const makeDecision = defineRoute({
  permission: "public",
  method: "post",
  path: PATH,
  tags: ["decisions"],
  summary: "Decide whether a user may do something (services), or list one's permissions (users)",
  description: "Needs a service token or a user's access token. A denial is an answer: 200.",
  request: { body: { required: true, content: { "application/json": { schema: AnyQuestion } } } },
  responses: { 200: { description: "OK", content: { "application/json": { schema: AnyAnswer } } } },
});

export function decisionRoutes(deps: Deps) {
  const api = createApi();
  api.use(PATH, refuseStrangers);

  api.openapi(makeDecision, async (c) => {
    const actor = c.get("actor");
    const question = c.req.valid("json");
    const headers = { "cache-control": "no-store" };
    if (actor.kind === "service") {
      if ("user_id" in question) {
        throw common("invalid-request", {
          errors: [{ pointer: "/user_id", detail: "A service asks with a token or a userId." }],
        });
      }
      const requestId = c.get("requestId");
      return reply(
        c,
        200,
        AnyAnswer,
        await decisions.make(deps, actor, question, { requestId }),
        headers,
      );
    }
    // Only services may ask about others.
    if (actor.kind !== "user" || !("user_id" in question)) throw common("not-permitted");
    if (question.user_id.toLowerCase() !== actor.userId) throw common("not-permitted");
    const { userId, organizationId, permissions } = actor;
    const own = { user_id: userId, tenant_id: organizationId, permissions: [...permissions] };
    return reply(c, 200, AnyAnswer, own, headers);
  });

  return api;
}
