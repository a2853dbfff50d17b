/** How calendars are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import { type Api, createApi, defineRoute, reply } from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import * as calendars from "./calendars.ts";
import { CalendarInput, CalendarName, NamedCalendar } from "./model.ts";

/** One per name: `location` is the clinic's own, others are for its places. */
const PATH = "/api/workflow/calendars";
const Query = z.strictObject({ name: CalendarName.default("location") });

const answer = {
  200: { description: "OK", content: { "application/json": { schema: NamedCalendar } } },
};
const getCalendar = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: PATH,
  tags: ["calendars"],
  summary: "Read when the clinic, or one of its places, is open",
  request: { query: Query },
  responses: answer,
});
const putCalendar = defineRoute({
  permission: "workflows:approve",
  method: "put",
  path: PATH,
  tags: ["calendars"],
  summary: "Say when the clinic, or one of its places, is open",
  request: {
    query: Query,
    body: { content: { "application/json": { schema: CalendarInput } } },
  },
  responses: answer,
});

export function calendarRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(getCalendar, async (c) => {
    const { name } = c.req.valid("query");
    const calendar = await calendars.find(deps.sql, signedIn(c).organizationId, name);
    return reply(c, 200, NamedCalendar, { name, ...calendar });
  });
  api.openapi(putCalendar, async (c) => {
    const { name } = c.req.valid("query");
    const calendar = c.req.valid("json");
    await calendars.put(deps, signedIn(c), { name, calendar, requestId: c.get("requestId") });
    return reply(c, 200, NamedCalendar, { name, ...calendar });
  });
  return api;
}
