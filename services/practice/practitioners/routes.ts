/** How practitioners are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import {
  type Api,
  createApi,
  defineRoute,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import { Calendar } from "../calendars/model.ts";
import type { Deps } from "../deps.ts";
import { etagOf } from "../patients/model.ts";
import { NewPractitioner, Practitioner, PractitionerInput, PractitionerPage } from "./model.ts";
import * as practitioners from "./practitioners.ts";

const PATH = "/api/practice/practitioners";
const tags = ["practitioners"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const Id = z.object({ id: z.uuid() });
const IfMatch = z.object({ "if-match": z.string().max(200).optional() });

const addPractitioner = defineRoute({
  permission: "organizations:manage",
  method: "post",
  path: PATH,
  tags,
  summary: "Add a practitioner, with their calendar",
  request: { headers: IdempotencyHeaders, body: { content: json(NewPractitioner) } },
  responses: { 201: { description: "Added", content: json(Practitioner) } },
});

const listPractitioners = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: PATH,
  tags,
  summary: "List the practitioners of your organization",
  request: { query: PageQuery.extend({ userId: z.uuid().optional() }) },
  responses: { 200: { description: "OK", content: json(PractitionerPage) } },
});

const getPractitioner = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "Read a practitioner",
  request: { params: Id },
  responses: { 200: { description: "OK", content: json(Practitioner) } },
});

const changePractitioner = defineRoute({
  permission: "organizations:manage",
  method: "put",
  path: `${PATH}/{id}`,
  tags,
  summary: "Change a practitioner; If-Match says which version was read",
  request: { params: Id, headers: IfMatch, body: { content: json(PractitionerInput) } },
  responses: { 200: { description: "Changed", content: json(Practitioner) } },
});

const setCalendar = defineRoute({
  permission: "appointments:write",
  method: "put",
  path: `${PATH}/{id}/calendar`,
  tags,
  summary: "Set when a practitioner works; If-Match says which version was read",
  request: { params: Id, headers: IfMatch, body: { content: json(Calendar) } },
  responses: { 200: { description: "Set", content: json(Practitioner) } },
});

export function practitionerRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(addPractitioner, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const one = await practitioners.add(deps, callOf(c), c.req.valid("json"), key);
    const headers = { location: `${PATH}/${one.id}`, etag: etagOf(one) };
    return reply(c, 201, Practitioner, one, headers);
  });

  api.openapi(listPractitioners, async (c) => {
    const { limit, cursor, userId } = c.req.valid("query");
    const [after] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = userId === undefined ? {} : { userId };
    const rows = await practitioners.list(deps, callOf(c), filter, { after, limit });
    return reply(c, 200, PractitionerPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(getPractitioner, async (c) => {
    const one = await practitioners.open(deps, callOf(c), c.req.valid("param").id);
    return reply(c, 200, Practitioner, one, { etag: etagOf(one) });
  });

  api.openapi(changePractitioner, async (c) => {
    const one = await practitioners.change(deps, callOf(c), {
      id: c.req.valid("param").id,
      ifMatch: c.req.valid("header")["if-match"],
      input: c.req.valid("json"),
    });
    return reply(c, 200, Practitioner, one, { etag: etagOf(one) });
  });

  api.openapi(setCalendar, async (c) => {
    const one = await practitioners.setCalendar(deps, callOf(c), {
      id: c.req.valid("param").id,
      ifMatch: c.req.valid("header")["if-match"],
      calendar: c.req.valid("json"),
    });
    return reply(c, 200, Practitioner, one, { etag: etagOf(one) });
  });

  return api;
}
