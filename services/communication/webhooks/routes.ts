/** How an organization says where its systems want to be told. */
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
import { Endpoint, NewEndpoint, WebhookDelivery, WithSecret } from "./model.ts";
import * as webhooks from "./webhooks.ts";

const PATH = "/api/communication/webhook-endpoints";
const DELIVERIES = "/api/communication/webhook-deliveries";
const Id = z.object({ id: z.uuid() });
const EndpointList = z.object({ items: z.array(Endpoint) }).openapi("WebhookEndpointList");
const DeliveryPage = Page(WebhookDelivery).openapi("WebhookDeliveryPage");
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const tags = ["webhooks"];
const done = { 204: { description: "Done" } };

const listEndpoints = defineRoute({
  permission: "webhooks:read",
  method: "get",
  path: PATH,
  tags,
  summary: "List where your systems are told",
  responses: { 200: { description: "OK", ...json(EndpointList) } },
});

const createEndpoint = defineRoute({
  permission: "webhooks:manage",
  method: "post",
  path: PATH,
  tags,
  summary: "Be told of deliveries and replies, signed as Standard Webhooks are",
  request: { body: json(NewEndpoint) },
  responses: { 201: { description: "Added", ...json(WithSecret) } },
});

const rotateSecret = defineRoute({
  permission: "webhooks:manage",
  method: "post",
  path: `${PATH}/{id}/rotate-secret`,
  tags,
  summary: "Sign with a new secret; for a day with the old one as well",
  request: { params: Id },
  responses: { 200: { description: "Rotated", ...json(WithSecret) } },
});

const pingEndpoint = defineRoute({
  permission: "webhooks:manage",
  method: "post",
  path: `${PATH}/{id}/ping`,
  tags,
  summary: "Send a ping",
  request: { params: Id },
  responses: done,
});

const removeEndpoint = defineRoute({
  permission: "webhooks:manage",
  method: "delete",
  path: `${PATH}/{id}`,
  tags,
  summary: "Do not tell there any more",
  request: { params: Id },
  responses: done,
});

const listDeliveries = defineRoute({
  permission: "webhooks:read",
  method: "get",
  path: DELIVERIES,
  tags,
  summary: "List what was told, or is still to be told",
  request: { query: PageQuery },
  responses: { 200: { description: "OK", ...json(DeliveryPage) } },
});

const resendDelivery = defineRoute({
  permission: "webhooks:manage",
  method: "post",
  path: `${DELIVERIES}/{id}/resend`,
  tags,
  summary: "Tell it again, under the same id",
  request: { params: Id },
  responses: done,
});

export function webhookRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listEndpoints, async (c) => {
    const items = await webhooks.list(deps, signedIn(c).organizationId);
    return reply(c, 200, EndpointList, { items });
  });

  api.openapi(createEndpoint, async (c) => {
    const request = { requestId: c.get("requestId") };
    const endpoint = await webhooks.create(deps, signedIn(c), c.req.valid("json"), request);
    return reply(c, 201, WithSecret, endpoint, { "cache-control": "no-store" });
  });

  api.openapi(rotateSecret, async (c) => {
    const request = { requestId: c.get("requestId") };
    const endpoint = await webhooks.rotate(deps, signedIn(c), c.req.valid("param").id, request);
    return reply(c, 200, WithSecret, endpoint, { "cache-control": "no-store" });
  });

  api.openapi(pingEndpoint, async (c) => {
    const request = { requestId: c.get("requestId") };
    await webhooks.ping(deps, signedIn(c), c.req.valid("param").id, request);
    return empty();
  });

  api.openapi(removeEndpoint, async (c) => {
    const request = { requestId: c.get("requestId") };
    await webhooks.remove(deps, signedIn(c), c.req.valid("param").id, request);
    return empty();
  });

  api.openapi(listDeliveries, async (c) => {
    const { organizationId } = signedIn(c);
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await read(
      deps.sql,
      { organizationId },
      (tx) => webhooks.listDeliveries(tx, organizationId, { before, limit: limit + 1 }),
    );
    return reply(c, 200, DeliveryPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(resendDelivery, async (c) => {
    const request = { requestId: c.get("requestId") };
    await webhooks.resend(deps, signedIn(c), c.req.valid("param").id, request);
    return empty();
  });

  return api;
}
