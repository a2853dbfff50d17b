/** How migrations of runs are reached over HTTP. */
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
import { Leftover, Migration, MigrationInput, Preview, PreviewInput } from "./model.ts";
import * as migrations from "./run_migrations.ts";

const PATH = "/api/workflow/run-migrations";
const tags = ["runs"];
const permission = "workflows:operate";
const MigrationPage = Page(Migration).openapi("RunMigrationPage");
const LeftoverPage = Page(Leftover).openapi("RunMigrationLeftoverPage");
const params = z.object({ id: z.uuid() });
const json = <T extends z.ZodType>(schema: T, description = "OK") => ({
  description,
  content: { "application/json": { schema } },
});
const body = <T extends z.ZodType>(schema: T) => ({ content: { "application/json": { schema } } });

const previewMigration = defineRoute({
  permission,
  method: "post",
  path: `${PATH}/preview`,
  tags,
  summary: "Say which runs would become runs of another version, and what is in the way",
  request: { body: body(PreviewInput) },
  responses: { 200: json(Preview) },
});
const orderMigration = defineRoute({
  permission,
  method: "post",
  path: PATH,
  tags,
  summary: "Make runs under way runs of another version, all of them, one after the other",
  request: { body: body(MigrationInput) },
  responses: { 202: json(Migration, "Ordered: see how far it is under its address") },
});
const listMigrations = defineRoute({
  permission,
  method: "get",
  path: PATH,
  tags,
  summary: "List what was ordered, newest first",
  request: { query: PageQuery },
  responses: { 200: json(MigrationPage) },
});
const getMigration = defineRoute({
  permission,
  method: "get",
  path: `${PATH}/{id}`,
  tags,
  summary: "Read how far a migration is",
  request: { params },
  responses: { 200: json(Migration) },
});
const listLeftovers = defineRoute({
  permission,
  method: "get",
  path: `${PATH}/{id}/left-behind`,
  tags,
  summary: "List the runs that could not be moved, and why",
  request: { params, query: PageQuery },
  responses: { 200: json(LeftoverPage) },
});
const cancelMigration = defineRoute({
  permission,
  method: "post",
  path: `${PATH}/{id}/cancel`,
  tags,
  summary: "Move no more runs; those that were moved stay",
  request: { params },
  responses: { 200: json(Migration) },
});

export function runMigrationRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(previewMigration, async (c) => {
    const seen = await migrations.preview(deps, signedIn(c), c.req.valid("json"));
    return reply(c, 200, Preview, seen);
  });
  api.openapi(orderMigration, async (c) => {
    const asked = { ...c.req.valid("json"), requestId: c.get("requestId") };
    const ordered = await migrations.order(deps, signedIn(c), asked);
    return reply(c, 202, Migration, ordered, { location: `${PATH}/${ordered.id}` });
  });
  api.openapi(listMigrations, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const rows = await migrations.list(deps, signedIn(c), { before, limit });
    return reply(c, 200, MigrationPage, toPage(rows, limit, ({ id }) => [id]));
  });
  api.openapi(getMigration, async (c) => {
    const found = await migrations.get(deps, signedIn(c), c.req.valid("param").id);
    return reply(c, 200, Migration, found);
  });
  api.openapi(listLeftovers, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [after] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const { id } = c.req.valid("param");
    const rows = await migrations.listLeftovers(deps, signedIn(c), { id, after, limit });
    return reply(c, 200, LeftoverPage, toPage(rows, limit, ({ runId }) => [runId]));
  });
  api.openapi(cancelMigration, async (c) => {
    const asked = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    return reply(c, 200, Migration, await migrations.cancel(deps, signedIn(c), asked));
  });

  return api;
}
