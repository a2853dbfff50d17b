/** How locations are reached over HTTP. */
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
import type { Deps } from "../deps.ts";
import { etagOf } from "../patients/model.ts";
import * as locations from "./locations.ts";
import { Location, LocationInput, LocationPage } from "./model.ts";

const PATH = "/api/practice/locations";
const tags = ["locations"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const Id = z.object({ id: z.uuid() });

const addLocation = defineRoute({
  permission: "organizations:manage",
  method: "post",
  path: PATH,
  tags,
  summary: "Add a site or a room",
  request: { headers: IdempotencyHeaders, body: { content: json(LocationInput) } },
  responses: { 201: { description: "Added", content: json(Location) } },
});

const listLocations = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: PATH,
  tags,
  summary: "List the locations of your organization",
  request: { query: PageQuery },
  responses: { 200: { description: "OK", content: json(LocationPage) } },
});

const getLocation = defineRoute({
  permission: "appointments:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "Read a location",
  request: { params: Id },
  responses: { 200: { description: "OK", content: json(Location) } },
});

const changeLocation = defineRoute({
  permission: "organizations:manage",
  method: "put",
  path: `${PATH}/{id}`,
  tags,
  summary: "Change a location; If-Match says which version was read",
  request: {
    params: Id,
    headers: z.object({ "if-match": z.string().max(200).optional() }),
    body: { content: json(LocationInput) },
  },
  responses: { 200: { description: "Changed", content: json(Location) } },
});

export function locationRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(addLocation, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    const location = await locations.add(deps, callOf(c), c.req.valid("json"), key);
    const headers = { location: `${PATH}/${location.id}`, etag: etagOf(location) };
    return reply(c, 201, Location, location, headers);
  });

  api.openapi(listLocations, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [after] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await locations.list(deps, callOf(c), {}, { after, limit });
    return reply(c, 200, LocationPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(getLocation, async (c) => {
    const location = await locations.open(deps, callOf(c), c.req.valid("param").id);
    return reply(c, 200, Location, location, { etag: etagOf(location) });
  });

  api.openapi(changeLocation, async (c) => {
    const location = await locations.change(deps, callOf(c), {
      id: c.req.valid("param").id,
      ifMatch: c.req.valid("header")["if-match"],
      input: c.req.valid("json"),
    });
    return reply(c, 200, Location, location, { etag: etagOf(location) });
  });

  return api;
}
