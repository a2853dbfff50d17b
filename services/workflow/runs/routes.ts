/** How runs are reached over HTTP. */
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
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import type { Deps } from "../deps.ts";
import type { Json } from "../language/language.ts";
import { type Progress, streamProgress } from "../progress.ts";
import {
  Cancellation,
  isOver,
  NewRun,
  Reason,
  RunDetail,
  RunGraph,
  RunHistoryEntry,
  RunSchema,
  runStatuses,
  SkippedStep,
} from "./model.ts";
import * as runs from "./runs.ts";
import type { SeenStep } from "../steps/steps.ts";
import type { HistoryRow, KeptRun } from "./store.ts";

const PATH = "/api/workflow/runs";
const RunPage = Page(RunSchema).openapi("RunPage");
const HistoryPage = Page(RunHistoryEntry).openapi("RunHistoryPage");
const Id = z.object({ id: z.uuid() });

const RunQuery = PageQuery.extend({
  status: z.enum(runStatuses).optional(),
  key: z.string().max(63).optional(),
  patientId: z.uuid().optional(),
  isShadow: z.enum(["true", "false"]).optional(),
});

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});

const startRun = defineRoute({
  permission: "workflows:start",
  method: "post",
  path: PATH,
  tags: ["runs"],
  summary: "Start a run of an active definition",
  request: {
    headers: IdempotencyHeaders,
    body: { content: { "application/json": { schema: NewRun } } },
  },
  responses: { 202: json("It is under way, or was already", RunSchema) },
});

const listRuns = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: PATH,
  tags: ["runs"],
  summary: "List the runs of your organization, newest first; failed ones wait for an operator",
  request: { query: RunQuery },
  responses: { 200: json("OK", RunPage) },
});

const getRun = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags: ["runs"],
  summary: "Read a run with its steps",
  request: { params: Id },
  responses: { 200: json("OK", RunDetail) },
});

const drawRun = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: `${PATH}/{id}/graph`,
  tags: ["runs"],
  summary: "Read a run as nodes and edges, each task with how far it is",
  request: { params: Id },
  responses: { 200: json("OK", RunGraph) },
});

const getHistory = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: `${PATH}/{id}/history`,
  tags: ["runs"],
  summary: "Read what has happened in a run, oldest first",
  request: { params: Id, query: PageQuery },
  responses: { 200: json("OK", HistoryPage) },
});

const followRun = defineRoute({
  permission: "workflows:read",
  method: "get",
  path: `${PATH}/{id}/progress`,
  tags: ["runs"],
  summary: "Follow a run's history as server-sent events; Last-Event-ID goes on from there",
  request: {
    params: Id,
    headers: z.object({ "last-event-id": z.string().regex(/^\d{1,15}$/).optional() }),
  },
  responses: {
    200: {
      description: "`history` events, then `run` when it is over or has failed",
      content: { "text/event-stream": { schema: z.string() } },
    },
  },
});

const operation = <P extends string, T extends z.ZodType>(name: P, summary: string, schema: T) =>
  defineRoute({
    permission: "workflows:operate",
    method: "post",
    path: `${PATH}/{id}/${name}` as const,
    tags: ["runs"],
    summary,
    request: { params: Id, body: { content: { "application/json": { schema } } } },
    responses: { 200: json("As it stands now", RunSchema) },
  });

const cancelRun = operation(
  "cancel",
  "End a run, and undo what it has done if wanted",
  Cancellation,
);
const suspendRun = operation("suspend", "Let a run stand still", Reason);
const resumeRun = operation("resume", "Let a run go on", Reason);
const retryRun = operation("retry", "Try the failed steps of a run again", Reason);
const skipStep = operation("skip-step", "Go on without a step that you have seen to", SkippedStep);

const toRun = ({ createdAt, ...run }: KeptRun) => ({ ...run, createdAt: createdAt.toISOString() });
const toStep = ({ dueAt, begunAt, endedAt, ...step }: SeenStep) => ({
  ...step,
  dueAt: dueAt?.toISOString() ?? null,
  begunAt: begunAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});
const toNode = (
  { dueAt, begunAt, endedAt, ...node }: Awaited<ReturnType<typeof runs.graph>>["nodes"][number],
) => ({
  ...node,
  dueAt: dueAt?.toISOString() ?? null,
  begunAt: begunAt?.toISOString() ?? null,
  endedAt: endedAt?.toISOString() ?? null,
});
const toEntry = ({ at, ...entry }: HistoryRow) => ({ ...entry, at: at.toISOString() });

/** What a browser that follows a run is told next. */
function toProgress({ run, entries }: Awaited<ReturnType<typeof runs.follow>>): Progress {
  const isEnd = isOver(run.status) || run.status === "failed";
  return {
    entries: entries.map(toEntry),
    end: isEnd ? { event: "run", data: RunSchema.parse(toRun(run)) } : undefined,
  };
}

export function runRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(startRun, async (c) => {
    const { input, ...body } = c.req.valid("json");
    const { run } = await runs.start(deps, signedIn(c), {
      ...body,
      input: input as Json,
      idempotencyKey: c.req.valid("header")["idempotency-key"],
      requestId: c.get("requestId"),
    });
    return reply(c, 202, RunSchema, toRun(run), { location: `${PATH}/${run.id}` });
  });

  api.openapi(listRuns, async (c) => {
    const { limit, cursor, status, key, patientId, isShadow } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(status === undefined ? {} : { status }),
      ...(key === undefined ? {} : { key }),
      ...(patientId === undefined ? {} : { patientId }),
      ...(isShadow === undefined ? {} : { isShadow: isShadow === "true" }),
    };
    const requestId = c.get("requestId");
    const rows = await runs.list(deps, signedIn(c), { filter, before, limit, requestId });
    return reply(c, 200, RunPage, toPage(rows.map(toRun), limit, ({ id }) => [id]));
  });

  api.openapi(getRun, async (c) => {
    const input = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    const { run, steps } = await runs.get(deps, signedIn(c), input);
    const { input: given, context } = run.state;
    const detail = { ...toRun(run), input: given, context, steps: steps.map(toStep) };
    return reply(c, 200, RunDetail, detail);
  });

  api.openapi(drawRun, async (c) => {
    const asked = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    const { nodes, ...graph } = await runs.graph(deps, signedIn(c), asked);
    return reply(c, 200, RunGraph, { ...graph, nodes: nodes.map(toNode) });
  });

  api.openapi(getHistory, async (c) => {
    const actor = signedIn(c);
    const { limit, cursor } = c.req.valid("query");
    const { id } = c.req.valid("param");
    const [after = 0] = readCursor(cursor, z.tuple([z.int()])) ?? [];
    await runs.get(deps, actor, { id, requestId: c.get("requestId") });
    const asked = { id, after, limit: limit + 1 };
    const { entries } = await runs.follow(deps, actor.organizationId, asked);
    return reply(c, 200, HistoryPage, toPage(entries.map(toEntry), limit, ({ seq }) => [seq]));
  });

  api.openapi(followRun, async (c) => {
    const actor = signedIn(c);
    const { id } = c.req.valid("param");
    const after = Number(c.req.valid("header")["last-event-id"] ?? 0);
    await runs.get(deps, actor, { id, requestId: c.get("requestId") });
    const look = async (after: number) =>
      toProgress(await runs.follow(deps, actor.organizationId, { id, after }));
    const first = await look(after);
    return streamProgress({ after, gone: c.req.raw.signal, first, look }) as never;
  });

  api.openapi(cancelRun, async (c) => {
    const asked = { ...c.req.valid("json"), ...c.req.valid("param") };
    const run = await runs.cancel(deps, signedIn(c), { ...asked, requestId: c.get("requestId") });
    return reply(c, 200, RunSchema, toRun(run));
  });

  for (
    const [route, work] of [
      [suspendRun, runs.suspend],
      [resumeRun, runs.resume],
      [retryRun, runs.retry],
    ] as const
  ) {
    api.openapi(route as typeof suspendRun, async (c) => {
      const asked = { ...c.req.valid("json"), ...c.req.valid("param") };
      const run = await work(deps, signedIn(c), { ...asked, requestId: c.get("requestId") });
      return reply(c, 200, RunSchema, toRun(run));
    });
  }

  api.openapi(skipStep, async (c) => {
    const { output = null, ...body } = c.req.valid("json");
    const run = await runs.skipStep(deps, signedIn(c), {
      ...body,
      ...c.req.valid("param"),
      output: output as Json,
      requestId: c.get("requestId"),
    });
    return reply(c, 200, RunSchema, toRun(run));
  });

  return api;
}
