/** How a clinic's security policy is reached. */
import { z } from "@hono/zod-openapi";
import { signedIn, type UserActor } from "@praxis/shared/auth";
import { createApi, defineRoute, reply } from "@praxis/shared/http";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { NewPolicy, Policy } from "./model.ts";
import * as policies from "./policies.ts";

const path = "/api/identity/organizations/{id}/security-policy";
const params = z.object({ id: z.uuid() });
const responses = {
  200: { description: "OK", content: { "application/json": { schema: Policy } } },
};

const getPolicy = defineRoute({
  permission: "policies:read",
  method: "get",
  path,
  tags: ["policies"],
  summary: "Read what your organization asks of a sign-in",
  request: { params },
  responses,
});

const putPolicy = defineRoute({
  permission: "policies:manage",
  method: "put",
  path,
  tags: ["policies"],
  summary: "Change it, within the platform's floor; needs a step-up and If-Match",
  request: {
    params,
    headers: z.object({ "if-match": z.string().max(40).optional() }),
    body: { required: true, content: { "application/json": { schema: NewPolicy } } },
  },
  responses,
});

const etagOf = ({ version }: Policy) => ({ etag: `"${version}"` });

function expectOwn({ organizationId }: UserActor, id: string): void {
  if (id.toLowerCase() !== organizationId) throw common("not-found");
}

export function policyRoutes(deps: Deps) {
  const api = createApi();

  api.openapi(getPolicy, async (c) => {
    expectOwn(signedIn(c), c.req.valid("param").id);
    const policy = await policies.get(deps, signedIn(c));
    return reply(c, 200, Policy, policy, etagOf(policy));
  });

  api.openapi(putPolicy, async (c) => {
    expectOwn(signedIn(c), c.req.valid("param").id);
    const seen = c.req.valid("header")["if-match"];
    if (seen === undefined) throw problem("condition-missing");
    const version = /^"(\d{1,9})"$/.exec(seen)?.[1];
    if (version === undefined) throw problem("stale");
    const policy = await policies.put(deps, signedIn(c), {
      policy: c.req.valid("json"),
      version: Number(version),
      requestId: c.get("requestId"),
    });
    return reply(c, 200, Policy, policy, etagOf(policy));
  });

  return api;
}
