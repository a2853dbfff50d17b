/** How recipients and their addresses are reached. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, empty, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { ContactPoint, Guardians, NewContactPoint, Recipient, RecipientInput } from "./model.ts";
import * as recipients from "./recipients.ts";

const PATH = "/api/communication/recipients";
const Id = z.object({ id: z.uuid() });
const PointId = Id.extend({ pointId: z.uuid() });
const RecipientDetail = z.object({ recipient: Recipient, points: z.array(ContactPoint) })
  .openapi("RecipientDetail");
const json = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });
const tags = ["recipients"];
const done = { 204: { description: "Done" } };

const getRecipient = defineRoute({
  permission: "preferences:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "Somebody who is written to, and where (audited)",
  request: { params: Id },
  responses: { 200: { description: "OK", ...json(RecipientDetail) } },
});

const putRecipient = defineRoute({
  permission: "preferences:write",
  method: "post",
  path: PATH,
  tags,
  summary: "Add somebody by their id in practice or identity, or replace what is known of them",
  request: { body: json(RecipientInput) },
  responses: { 200: { description: "Set", ...json(Recipient) } },
});

const addPoint = defineRoute({
  permission: "preferences:write",
  method: "post",
  path: `${PATH}/{id}/contact-points`,
  tags,
  summary: "Add an e-mail address, a number or a device",
  request: { params: Id, body: json(NewContactPoint) },
  responses: { 201: { description: "Added", ...json(ContactPoint) } },
});

const removePoint = defineRoute({
  permission: "preferences:write",
  method: "delete",
  path: `${PATH}/{id}/contact-points/{pointId}`,
  tags,
  summary: "Remove an address",
  request: { params: PointId },
  responses: done,
});

const setGuardians = defineRoute({
  permission: "preferences:write",
  method: "put",
  path: `${PATH}/{id}/guardians`,
  tags,
  summary: "Say who is told in a patient's place",
  request: { params: Id, body: json(Guardians) },
  responses: done,
});

export function recipientRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(getRecipient, async (c) => {
    const { id } = c.req.valid("param");
    const request = { requestId: c.get("requestId") };
    return reply(c, 200, RecipientDetail, await recipients.get(deps, signedIn(c), id, request));
  });

  api.openapi(putRecipient, async (c) => {
    const request = { requestId: c.get("requestId") };
    const recipient = await recipients.put(deps, signedIn(c), c.req.valid("json"), request);
    return reply(c, 200, Recipient, recipient);
  });

  api.openapi(addPoint, async (c) => {
    const input = { recipientId: c.req.valid("param").id, point: c.req.valid("json") };
    const request = { requestId: c.get("requestId") };
    return reply(
      c,
      201,
      ContactPoint,
      await recipients.addPoint(deps, signedIn(c), input, request),
    );
  });

  api.openapi(removePoint, async (c) => {
    const { id: recipientId, pointId: id } = c.req.valid("param");
    const request = { requestId: c.get("requestId") };
    await recipients.removePoint(deps, signedIn(c), { recipientId, id }, request);
    return empty();
  });

  api.openapi(setGuardians, async (c) => {
    const input = { patientId: c.req.valid("param").id, guardians: c.req.valid("json").items };
    await recipients.setGuardians(deps, signedIn(c), input, { requestId: c.get("requestId") });
    return empty();
  });

  return api;
}
