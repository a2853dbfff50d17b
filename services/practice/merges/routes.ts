/** How merges are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { type Api, createApi, defineRoute, readCursor, reply, toPage } from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as merges from "./merges.ts";
import { Merge, MergeInput, MergePage, MergeQuery } from "./model.ts";

const PATH = "/api/practice/merges";
const tags = ["merges"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });

const mergePatients = defineRoute({
  permission: "patients:merge",
  method: "post",
  path: PATH,
  tags,
  summary: "Merge a patient into another who is the same person",
  request: { headers: IdempotencyHeaders, body: { content: json(MergeInput) } },
  responses: { 201: { description: "Merged", content: json(Merge) } },
});

const listMerges = defineRoute({
  permission: "patients:merge",
  method: "get",
  path: PATH,
  tags,
  summary: "List merges, newest first",
  request: { query: MergeQuery },
  responses: { 200: { description: "OK", content: json(MergePage) } },
});

const undoMerge = defineRoute({
  permission: "patients:merge",
  method: "post",
  path: `${PATH}/{id}/undo`,
  tags,
  summary: "Undo a merge: exactly what moved moves back",
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 200: { description: "Undone", content: json(Merge) } },
});

export function mergeRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(mergePatients, async (c) => {
    const key = c.req.valid("header")["idempotency-key"];
    return reply(c, 201, Merge, await merges.merge(deps, callOf(c), c.req.valid("json"), key));
  });

  api.openapi(listMerges, async (c) => {
    const { limit, cursor, patientId } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await merges.list(deps, callOf(c), { patientId, before, limit });
    return reply(c, 200, MergePage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(undoMerge, async (c) => {
    const { id } = c.req.valid("param");
    return reply(c, 200, Merge, await merges.undo(deps, callOf(c), id));
  });

  return api;
}
