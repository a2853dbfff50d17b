/** How it is seen what became of deliveries, and said by a person. */
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
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as deliveries from "./deliveries.ts";
import { DeliveryDetail, DeliveryView, State } from "./model.ts";

const PATH = "/api/communication/deliveries";
const Id = z.object({ id: z.uuid() });
const DeliveryPage = Page(DeliveryView).openapi("DeliveryPage");
const Why = z.strictObject({ reason: z.string().trim().min(3).max(500) });
const Resolution = Why.extend({ isSent: z.boolean() }).openapi("DeliveryResolution");
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const tags = ["deliveries"];
const done = { 204: { description: "Done" } };

const listDeliveries = defineRoute({
  permission: "notifications:read",
  method: "get",
  path: PATH,
  tags,
  summary: "List deliveries, newest first",
  request: {
    query: PageQuery.extend({ recipientId: z.uuid().optional(), state: State.optional() }),
  },
  responses: { 200: { description: "OK", ...json(DeliveryPage) } },
});

const getDelivery = defineRoute({
  permission: "notifications:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "A delivery, every try of it, and what the provider said",
  request: { params: Id },
  responses: { 200: { description: "OK", ...json(DeliveryDetail) } },
});

const retryDelivery = defineRoute({
  permission: "jobs:operate",
  method: "post",
  path: `${PATH}/{id}/retry`,
  tags,
  summary: "Send again what failed or is held",
  request: { params: Id, body: json(Why) },
  responses: done,
});

const resolveDelivery = defineRoute({
  permission: "jobs:operate",
  method: "post",
  path: `${PATH}/{id}/resolve`,
  tags,
  summary: "Say whether a held delivery was sent; if not, it is sent now",
  request: { params: Id, body: json(Resolution) },
  responses: done,
});

export function deliveryRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listDeliveries, async (c) => {
    const { organizationId } = signedIn(c);
    const { limit, cursor, ...filter } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await read(
      deps.sql,
      { organizationId },
      (tx) => deliveries.list(tx, organizationId, { ...filter, before, limit: limit + 1 }),
    );
    return reply(c, 200, DeliveryPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(getDelivery, async (c) => {
    const { id } = c.req.valid("param");
    const delivery = await deliveries.getDelivery(deps, signedIn(c).organizationId, id);
    return reply(c, 200, DeliveryDetail, delivery);
  });

  api.openapi(retryDelivery, async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json"), isSent: false };
    await deliveries.decide(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  api.openapi(resolveDelivery, async (c) => {
    const input = { ...c.req.valid("param"), ...c.req.valid("json") };
    await deliveries.decide(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  return api;
}
