/** How what comes with the product is reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import { Draft } from "../definitions/model.ts";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { ShippedList, type ShippedName, shippedNames } from "./model.ts";
import * as shipped from "./shipped.ts";

const PATH = "/api/workflow/shipped-definitions";

const listShipped = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: PATH,
  tags: ["definitions"],
  summary: "List the definitions and pathways that come with the product",
  responses: {
    200: { description: "OK", content: { "application/json": { schema: ShippedList } } },
  },
});
const installShipped = defineRoute({
  permission: "workflows:author",
  method: "post",
  path: `${PATH}/{name}/install`,
  tags: ["definitions"],
  summary: "Make one of them a draft of yours; a pathway also needs pathways:write",
  request: { params: z.object({ name: z.string().max(63) }) },
  responses: {
    201: { description: "Kept as a draft", content: { "application/json": { schema: Draft } } },
  },
});

export function shippedRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listShipped, async (c) => {
    return reply(c, 200, ShippedList, { items: await shipped.list(deps, signedIn(c)) });
  });

  api.openapi(installShipped, async (c) => {
    const { name } = c.req.valid("param");
    if (!(shippedNames as readonly string[]).includes(name)) throw problem("definition-not-found");
    const asked = { name: name as ShippedName, requestId: c.get("requestId") };
    const draft = await shipped.install(deps, signedIn(c), asked);
    const { key, version } = draft.definition;
    const location = `/api/workflow/definitions/${key}/versions/${version}`;
    return reply(c, 201, Draft, draft, { location });
  });

  return api;
}
