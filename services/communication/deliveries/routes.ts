/** How messages are asked for, and what became of them is seen. */
import { z } from "@hono/zod-openapi";
import { callingService, signedIn } from "@praxis/shared/auth";
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
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { read } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as deliveries from "./deliveries.ts";
import { DeliveryDetail, DeliveryView, MessageView, NewMessage, State } from "./model.ts";

const MESSAGES = "/api/communication/messages";
const DELIVERIES = "/api/communication/deliveries";
const Id = z.object({ id: z.uuid() });
const DeliveryPage = Page(DeliveryView).openapi("DeliveryPage");
const Why = z.strictObject({ reason: z.string().trim().min(3).max(500) });
const Resolution = Why.extend({ isSent: z.boolean() }).openapi("DeliveryResolution");
const ByService = NewMessage.extend({ organizationId: z.uuid() }).openapi("NewMessageByService");
const OfSubject = z.strictObject({
  organizationId: z.uuid(),
  type: z.string().max(40),
  id: z.string().max(100),
});
const Stopped = z.object({ stopped: z.int() }).openapi("StoppedDeliveries");
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const tags = ["deliveries"];
const accepted = { 202: { description: "On its way, whatever dies", ...json(MessageView) } };
const done = { 204: { description: "Done" } };

const requestMessage = defineRoute({
  permission: "notifications:send",
  method: "post",
  path: MESSAGES,
  tags,
  summary: "Tell people something, on the channels where they want to hear of it",
  request: { headers: IdempotencyHeaders, body: json(NewMessage) },
  responses: accepted,
});

const getMessage = defineRoute({
  permission: "notifications:read",
  method: "get",
  path: `${MESSAGES}/{id}`,
  tags,
  summary: "A message and how its deliveries stand",
  request: { params: Id },
  responses: { 200: { description: "OK", ...json(MessageView) } },
});

const cancelMessage = defineRoute({
  permission: "notifications:send",
  method: "post",
  path: `${MESSAGES}/{id}/cancel`,
  tags,
  summary: "Stop what has not been sent yet",
  request: { params: Id },
  responses: { 200: { description: "Stopped", ...json(MessageView) } },
});

const listDeliveries = defineRoute({
  permission: "notifications:read",
  method: "get",
  path: DELIVERIES,
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
  path: `${DELIVERIES}/{id}`,
  tags,
  summary: "A delivery, every try of it, and what the provider said",
  request: { params: Id },
  responses: { 200: { description: "OK", ...json(DeliveryDetail) } },
});

const retryDelivery = defineRoute({
  permission: "jobs:operate",
  method: "post",
  path: `${DELIVERIES}/{id}/retry`,
  tags,
  summary: "Send again what failed or is held",
  request: { params: Id, body: json(Why) },
  responses: done,
});

const resolveDelivery = defineRoute({
  permission: "jobs:operate",
  method: "post",
  path: `${DELIVERIES}/{id}/resolve`,
  tags,
  summary: "Say whether a held delivery was sent; if not, it is sent now",
  request: { params: Id, body: json(Resolution) },
  responses: done,
});

const requestByService = defineRoute({
  permission: "service",
  method: "post",
  path: "/internal/messages",
  tags: ["internal"],
  summary: "The same for another service, which repeats itself by `dedupeKey`",
  request: { body: json(ByService) },
  responses: accepted,
});

const cancelSubject = defineRoute({
  permission: "service",
  method: "post",
  path: "/internal/messages/cancel",
  tags: ["internal"],
  summary: "Stop all that waits to be said about one thing",
  request: { body: json(OfSubject) },
  responses: { 200: { description: "Stopped", ...json(Stopped) } },
});

export function deliveryRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(requestMessage, async (c) => {
    const idempotencyKey = c.req.valid("header")["idempotency-key"];
    const request = { requestId: c.get("requestId"), idempotencyKey };
    const message = await deliveries.request(deps, signedIn(c), c.req.valid("json"), request);
    return reply(c, 202, MessageView, message, { location: `${MESSAGES}/${message.id}` });
  });

  api.openapi(getMessage, async (c) => {
    const { id } = c.req.valid("param");
    const message = await deliveries.getMessage(deps, signedIn(c).organizationId, id);
    return reply(c, 200, MessageView, message);
  });

  api.openapi(cancelMessage, async (c) => {
    const { id } = c.req.valid("param");
    const request = { requestId: c.get("requestId") };
    return reply(c, 200, MessageView, await deliveries.cancel(deps, signedIn(c), id, request));
  });

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

  api.openapi(requestByService, async (c) => {
    const { organizationId, ...input } = c.req.valid("json");
    const sender = { actor: callingService(c), organizationId, requestId: c.get("requestId") };
    return reply(c, 202, MessageView, await deliveries.requestByService(deps, sender, input));
  });

  api.openapi(cancelSubject, async (c) => {
    const { organizationId, ...subject } = c.req.valid("json");
    const sender = { actor: callingService(c), organizationId, requestId: c.get("requestId") };
    const stopped = await deliveries.cancelSubject(deps, sender, subject);
    return reply(c, 200, Stopped, { stopped });
  });

  return api;
}
