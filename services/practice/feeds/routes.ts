/** How links to calendars are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, empty, reply, stream } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as feeds from "./feeds.ts";
import { NewFeed } from "./model.ts";

const tags = ["calendars"];
const Id = z.object({ id: z.uuid() });

const makeFeed = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: "/api/practice/practitioners/{id}/feeds",
  tags,
  summary: "Make a link under which a calendar program fetches a practitioner's appointments",
  request: { params: Id, headers: IdempotencyHeaders },
  responses: {
    201: { description: "Made", content: { "application/json": { schema: NewFeed } } },
  },
});

const revokeFeed = defineRoute({
  permission: "appointments:write",
  method: "delete",
  path: "/api/practice/calendar-feeds/{id}",
  tags,
  summary: "Revoke a link to a calendar",
  request: { params: Id },
  responses: { 204: { description: "Revoked" } },
});

const fetchCalendar = defineRoute({
  permission: "link",
  method: "get",
  path: "/api/practice/public/calendars/{token}",
  tags,
  summary: "A practitioner's appointments as iCalendar: when and where, never who or why",
  request: { params: z.object({ token: z.string().max(200) }) },
  responses: { 200: { description: "OK", content: { "text/calendar": {} } } },
});

export function feedRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(makeFeed, async (c) => {
    const feed = await feeds.make(deps, callOf(c), {
      practitionerId: c.req.valid("param").id,
      key: c.req.valid("header")["idempotency-key"],
    });
    return reply(c, 201, NewFeed, feed);
  });

  api.openapi(revokeFeed, async (c) => {
    await feeds.revoke(deps, callOf(c), c.req.valid("param").id);
    return empty();
  });

  api.openapi(fetchCalendar, async (c) => {
    const { token } = c.req.valid("param");
    const calendar = await feeds.fetchCalendar(deps, token, c.get("requestId"));
    return stream(calendar, 200, {
      "content-type": "text/calendar; charset=utf-8",
      "cache-control": "private, no-cache",
      "referrer-policy": "no-referrer",
    });
  });

  return api;
}
