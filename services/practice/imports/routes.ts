/** How imports are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import {
  type Api,
  createApi,
  defineRoute,
  PageQuery,
  readBody,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { callOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import * as imports from "./imports.ts";
import { FILE_BYTES_MAX, Import, ImportPage, ImportRowPage, ImportRowQuery } from "./model.ts";

const PATH = "/api/practice/imports";
const tags = ["imports"];
const json = <T extends z.ZodType>(schema: T) => ({ "application/json": { schema } });
const Id = z.object({ id: z.uuid() });
const flag = z.enum(["true", "false"]).default("false");

const startImport = defineRoute({
  permission: "patients:write",
  method: "post",
  path: PATH,
  tags,
  summary: "Import patients from a CSV file or a FHIR bundle; dryRun=true only reports",
  request: {
    headers: IdempotencyHeaders,
    query: z.strictObject({
      dryRun: flag,
      skipBroken: flag,
      onDuplicate: z.enum(["register", "skip"]).default("register"),
    }),
    body: {
      content: {
        // Not zod: its middleware would read the body before our limit does.
        "text/csv": { schema: { type: "string", format: "binary" } },
        "application/fhir+json": { schema: { type: "string", format: "binary" } },
      },
    },
  },
  responses: { 202: { description: "Staged as a whole, under way", content: json(Import) } },
});

const listImports = defineRoute({
  permission: "patients:write",
  method: "get",
  path: PATH,
  tags,
  summary: "List imports, newest first",
  request: { query: PageQuery },
  responses: { 200: { description: "OK", content: json(ImportPage) } },
});

const getImport = defineRoute({
  permission: "patients:write",
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "How far an import is, and what became of its rows",
  request: { params: Id },
  responses: { 200: { description: "OK", content: json(Import) } },
});

const listRows = defineRoute({
  permission: "patients:write",
  method: "get",
  path: `${PATH}/{id}/rows`,
  tags,
  summary: "What became of each row: broken ones, possible duplicates, who was registered",
  request: { params: Id, query: ImportRowQuery },
  responses: { 200: { description: "OK", content: json(ImportRowPage) } },
});

const resumeImport = defineRoute({
  permission: "patients:write",
  method: "post",
  path: `${PATH}/{id}/resume`,
  tags,
  summary: "Take up an import that stopped",
  request: { params: Id },
  responses: { 200: { description: "OK", content: json(Import) } },
});

export function importRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(startImport, async (c) => {
    const { dryRun, skipBroken, onDuplicate } = c.req.valid("query");
    const call = callOf(c);
    const bytes = await readBody(c.req.raw, FILE_BYTES_MAX);
    const started = await imports.start(deps, call, bytes, {
      format: c.req.header("content-type")?.startsWith("text/csv") ? "csv" : "fhir",
      isDryRun: dryRun === "true",
      skipsBroken: skipBroken === "true",
      onDuplicate,
      key: c.req.valid("header")["idempotency-key"],
    });
    return reply(c, 202, Import, started, { location: `${PATH}/${started.id}` });
  });

  api.openapi(listImports, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await imports.list(deps, callOf(c), { before, limit });
    return reply(c, 200, ImportPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(getImport, async (c) => {
    return reply(c, 200, Import, await imports.open(deps, callOf(c), c.req.valid("param").id));
  });

  api.openapi(listRows, async (c) => {
    const { limit, cursor, status, isDuplicate } = c.req.valid("query");
    const [after = 0] = readCursor(cursor, z.tuple([z.number().int()])) ?? [];
    const rows = await imports.listRows(deps, callOf(c), {
      id: c.req.valid("param").id,
      status,
      isDuplicate: isDuplicate === "true",
      after,
      limit,
    });
    return reply(c, 200, ImportRowPage, toPage(rows, limit, ({ line }) => [line]));
  });

  api.openapi(resumeImport, async (c) => {
    return reply(c, 200, Import, await imports.resume(deps, callOf(c), c.req.valid("param").id));
  });

  return api;
}
