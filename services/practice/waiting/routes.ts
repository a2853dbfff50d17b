/** How the waiting list is reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, readCursor, reply, toPage } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import {
  BookedFromWaiting,
  WaitingBooking,
  WaitingEntry,
  WaitingInput,
  WaitingPage,
  WaitingQuery,
} from "./model.ts";
import * as waiting from "./waiting.ts";

const PATH = "/api/practice/waiting-entries";
const tags = ["waiting"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const Id = z.object({ id: z.uuid() });

const joinList = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: PATH,
  tags,
  summary: "Put a patient on the waiting list",
  request: { headers: IdempotencyHeaders, body: { content: json(WaitingInput) } },
  responses: { 201: { description: "Waiting", content: json(WaitingEntry) } },
});

const listWaiting = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: PATH,
  tags,
  summary: "Who waits, longest first; or whom a free time would suit",
  request: { query: WaitingQuery },
  responses: { 200: { description: "OK", content: json(WaitingPage) } },
});

const bookEntry = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: `${PATH}/{id}/book`,
  tags,
  summary: "Book for who waits; 409 when the time is taken",
  request: { params: Id, body: { content: json(WaitingBooking) } },
  responses: { 200: { description: "Booked", content: json(BookedFromWaiting) } },
});

const withdrawEntry = defineRoute({
  permission: "appointments:write",
  method: "post",
  path: `${PATH}/{id}/withdraw`,
  tags,
  summary: "Take a patient off the waiting list",
  request: { params: Id },
  responses: { 200: { description: "Withdrawn", content: json(WaitingEntry) } },
});

export function waitingRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(joinList, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return reply(
      c,
      201,
      WaitingEntry,
      await waiting.join(deps, callOf(c), c.req.valid("json"), key),
    );
  });

  api.openapi(listWaiting, async (c) => {
    const { limit, cursor, practitionerId, startsAt, endsAt } = c.req.valid("query");
    const [after] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const asked = { practitionerId, startsAt, endsAt, after, limit };
    const rows = await waiting.list(deps, callOf(c), asked);
    return reply(c, 200, WaitingPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(bookEntry, async (c) => {
    const { id } = c.req.valid("param");
    const booked = await waiting.book(deps, callOf(c), { id, booking: c.req.valid("json") });
    return reply(c, 200, BookedFromWaiting, booked);
  });

  api.openapi(withdrawEntry, async (c) => {
    const entry = await waiting.withdraw(deps, callOf(c), c.req.valid("param").id);
    return reply(c, 200, WaitingEntry, entry);
  });

  return api;
}
