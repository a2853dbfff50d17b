/** How it is seen and said which addresses are not written to. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  empty,
  Page,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import { PointChannel } from "../recipients/model.ts";
import type { Deps } from "../deps.ts";
import { NewSuppression, Suppression } from "./model.ts";
import * as suppressions from "./suppressions.ts";

const PATH = "/api/communication/suppressions";
const SuppressionPage = Page(Suppression).openapi("SuppressionPage");
const Id = z.object({ id: z.uuid() });
const tags = ["suppressions"];
const done = { 204: { description: "Done" } };

const listSuppressions = defineRoute({
  permission: "consents:read",
  method: "get",
  path: PATH,
  tags,
  summary: "List addresses that are not written to, or what holds for one address",
  request: {
    query: PageQuery.extend({
      channel: PointChannel.optional(),
      address: z.string().max(512).optional(),
    }),
  },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: SuppressionPage } } },
  },
});

const addSuppression = defineRoute({
  permission: "consents:write",
  method: "post",
  path: PATH,
  tags,
  summary: "Do not write to an address any more",
  request: { body: { content: { "application/json": { schema: NewSuppression } } } },
  responses: done,
});

const liftSuppression = defineRoute({
  permission: "consents:write",
  method: "delete",
  path: `${PATH}/{id}`,
  tags,
  summary: "Write there again; not when the addressee said STOP or complained (409)",
  request: { params: Id },
  responses: done,
});

export function suppressionRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listSuppressions, async (c) => {
    const { limit, cursor, channel, address } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const about = channel && address !== undefined ? { channel, address } : undefined;
    const rows = await suppressions.list(deps, signedIn(c).organizationId, {
      about,
      before,
      limit: limit + 1,
    });
    return reply(c, 200, SuppressionPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(addSuppression, async (c) => {
    const request = { requestId: c.get("requestId") };
    await suppressions.add(deps, signedIn(c), c.req.valid("json"), request);
    return empty();
  });

  api.openapi(liftSuppression, async (c) => {
    const request = { requestId: c.get("requestId") };
    await suppressions.lift(deps, signedIn(c), c.req.valid("param").id, request);
    return empty();
  });

  return api;
}
