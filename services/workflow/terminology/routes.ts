/** How a clinic's value sets are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  Page,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import type { Deps } from "../deps.ts";
import { ValueSet, ValueSetInput } from "./model.ts";
import * as terminology from "./terminology.ts";

const PATH = "/api/workflow/value-sets";
const tags = ["assistance"];
const ValueSetPage = Page(ValueSet).openapi("ValueSetPage");
const json = <T extends z.ZodType>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});

const putValueSet = defineRoute({
  permission: "assistants:admin",
  method: "post",
  path: PATH,
  tags,
  summary: "Bring codes along that drafts may use, in place of those of the same address",
  request: { body: { content: { "application/json": { schema: ValueSetInput } } } },
  responses: { 201: json(ValueSet, "Kept") },
});
const listValueSets = defineRoute({
  permission: "assistants:use",
  method: "get",
  path: PATH,
  tags,
  summary: "List the clinic's own codes by where they come from, newest first",
  request: { query: PageQuery },
  responses: { 200: json(ValueSetPage) },
});
const retireValueSet = defineRoute({
  permission: "assistants:admin",
  method: "post",
  path: `${PATH}/{id}/retire`,
  tags,
  summary: "Use these codes no more; drafts that rest on them stay",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 200: json(ValueSet) },
});

export function terminologyRoutes(deps: Deps): Api {
  const api = createApi();
  api.openapi(putValueSet, async (c) => {
    const given = { resource: c.req.valid("json"), requestId: c.get("requestId") };
    const kept = await terminology.put(deps, signedIn(c), given);
    return reply(c, 201, ValueSet, kept);
  });
  api.openapi(listValueSets, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await terminology.list(deps, signedIn(c), { before, limit });
    return reply(c, 200, ValueSetPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(retireValueSet, async (c) => {
    const asked = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    return reply(c, 200, ValueSet, await terminology.retire(deps, signedIn(c), asked));
  });
  return api;
}
