/** How messages are asked for and called off. */
import { z } from "@hono/zod-openapi";
import { callingService, signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import type { Deps } from "../deps.ts";
import { ByVersion, chosenVersion, PreviewRequest } from "../templates/model.ts";
import * as messages from "./messages.ts";
import { MessageView, NewMessage } from "./model.ts";

const PATH = "/api/communication/messages";
const Id = z.object({ id: z.uuid() });
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

const requestMessage = defineRoute({
  permission: "notifications:send",
  method: "post",
  path: PATH,
  tags,
  summary: "Tell people something, on the channels where they want to hear of it",
  request: { headers: IdempotencyHeaders, body: json(NewMessage) },
  responses: accepted,
});

const TemplateTest = PreviewRequest.openapi("TemplateTest");

const testTemplate = defineRoute({
  permission: "templates:write",
  method: "post",
  path: "/api/communication/templates/{key}/versions/{version}/test-send",
  tags: ["templates"],
  summary: "Send a version to your own address, marked; from level 1 on once it is approved",
  request: { params: ByVersion, body: json(TemplateTest) },
  responses: accepted,
});

const getMessage = defineRoute({
  permission: "notifications:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "A message and how its deliveries stand",
  request: { params: Id },
  responses: { 200: { description: "OK", ...json(MessageView) } },
});

const cancelMessage = defineRoute({
  permission: "notifications:send",
  method: "post",
  path: `${PATH}/{id}/cancel`,
  tags,
  summary: "Stop what has not been sent yet",
  request: { params: Id },
  responses: { 200: { description: "Stopped", ...json(MessageView) } },
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

export function messageRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(requestMessage, async (c) => {
    const idempotencyKey = c.req.valid("header")["idempotency-key"];
    const request = { requestId: c.get("requestId"), idempotencyKey };
    const message = await messages.request(deps, signedIn(c), c.req.valid("json"), request);
    return reply(c, 202, MessageView, message, { location: `${PATH}/${message.id}` });
  });

  api.openapi(testTemplate, async (c) => {
    const input = { ...chosenVersion(c.req.valid("param")), ...c.req.valid("json") };
    const request = { requestId: c.get("requestId") };
    const message = await messages.requestTest(deps, signedIn(c), input, request);
    return reply(c, 202, MessageView, message, { location: `${PATH}/${message.id}` });
  });

  api.openapi(getMessage, async (c) => {
    const { id } = c.req.valid("param");
    const message = await messages.get(deps, signedIn(c).organizationId, id);
    return reply(c, 200, MessageView, message);
  });

  api.openapi(cancelMessage, async (c) => {
    const { id } = c.req.valid("param");
    const request = { requestId: c.get("requestId") };
    return reply(c, 200, MessageView, await messages.cancel(deps, signedIn(c), id, request));
  });

  api.openapi(requestByService, async (c) => {
    const { organizationId, ...input } = c.req.valid("json");
    const sender = { actor: callingService(c), organizationId, requestId: c.get("requestId") };
    return reply(c, 202, MessageView, await messages.requestByService(deps, sender, input));
  });

  api.openapi(cancelSubject, async (c) => {
    const { organizationId, ...subject } = c.req.valid("json");
    const sender = { actor: callingService(c), organizationId, requestId: c.get("requestId") };
    const stopped = await messages.cancelSubject(deps, sender, subject);
    return reply(c, 200, Stopped, { stopped });
  });

  return api;
}
