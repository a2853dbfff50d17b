/** How tasks are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { callingService, signedIn } from "@praxis/shared/auth";
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
import {
  AssignTasks,
  Completion,
  etagOf,
  MemberTasks,
  MovedTasks,
  RestoreTasks,
  Task,
  taskStates,
} from "./model.ts";
import * as tasks from "./tasks.ts";

const PATH = "/api/workflow/tasks";

const TaskPage = Page(Task).openapi("TaskPage");
const Id = z.object({ id: z.uuid() });
const IfMatch = z.object({ "if-match": z.string().max(200).optional() });

const TaskQuery = PageQuery.extend({
  state: z.enum(taskStates).optional(),
  subjectId: z.uuid().optional(),
  patientId: z.uuid().optional(),
  mine: z.enum(["true", "false"]).optional().openapi({ description: "Only what you claimed." }),
});

const task = (description: string) => ({
  200: {
    description,
    headers: z.object({ etag: z.string().openapi({ example: '"3"' }) }),
    content: { "application/json": { schema: Task } },
  },
});

const listTasks = defineRoute({
  permission: "tasks:read",
  method: "get",
  path: PATH,
  tags: ["tasks"],
  summary: "List the tasks of your organization, newest first",
  request: { query: TaskQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: TaskPage } } },
  },
});

const getTask = defineRoute({
  permission: "tasks:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags: ["tasks"],
  summary: "Read a task",
  request: { params: Id },
  responses: task("OK"),
});

const claimTask = defineRoute({
  permission: "tasks:work",
  method: "post",
  path: `${PATH}/{id}/claim`,
  tags: ["tasks"],
  summary: "Take a task, so that nobody else works it",
  request: { params: Id, headers: IfMatch },
  responses: task("Yours"),
});

const releaseTask = defineRoute({
  permission: "tasks:work",
  method: "post",
  path: `${PATH}/{id}/release`,
  tags: ["tasks"],
  summary: "Give a task back that you have claimed",
  request: { params: Id, headers: IfMatch },
  responses: task("Open again"),
});

const completeTask = defineRoute({
  permission: "tasks:work",
  method: "post",
  path: `${PATH}/{id}/complete`,
  tags: ["tasks"],
  summary: "Complete a task that you have claimed or that nobody has",
  request: {
    params: Id,
    headers: IfMatch,
    body: { content: { "application/json": { schema: Completion } } },
  },
  responses: task("Completed"),
});

const command = <P extends string, T extends z.ZodType>(path: P, summary: string, schema: T) =>
  defineRoute({
    permission: "service",
    method: "post",
    path,
    tags: ["internal"],
    summary,
    request: {
      headers: IdempotencyHeaders.required(),
      body: { content: { "application/json": { schema } } },
    },
    responses: {
      200: { description: "OK", content: { "application/json": { schema: MovedTasks } } },
    },
  });

const releaseTasks = command(
  "/internal/tasks/release",
  "Take from a member everything that they have claimed",
  MemberTasks,
);
const restoreTasks = command(
  "/internal/tasks/restore",
  "Give back what was released under a key",
  RestoreTasks,
);
const assignTasks = command(
  "/internal/tasks/assign",
  "Give open tasks to a member",
  AssignTasks,
);

export function taskRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listTasks, async (c) => {
    const actor = signedIn(c);
    const { limit, cursor, mine, state, subjectId, patientId } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(state === undefined ? {} : { state }),
      ...(subjectId === undefined ? {} : { subjectId }),
      ...(patientId === undefined ? {} : { patientId }),
      ...(mine === "true" ? { claimedBy: actor.userId } : {}),
    };
    const requestId = c.get("requestId");
    const rows = await tasks.list(deps, actor, { filter, before, limit, requestId });
    return reply(c, 200, TaskPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(getTask, async (c) => {
    const input = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    const found = await tasks.get(deps, signedIn(c), input);
    return reply(c, 200, Task, found, { etag: etagOf(found) });
  });

  for (const [route, kind] of [[claimTask, "claim"], [releaseTask, "release"]] as const) {
    api.openapi(route, async (c) => {
      const moved = await tasks.work(deps, signedIn(c), {
        id: c.req.valid("param").id,
        step: { kind },
        ifMatch: c.req.valid("header")["if-match"],
        requestId: c.get("requestId"),
      });
      return reply(c, 200, Task, moved, { etag: etagOf(moved) });
    });
  }

  api.openapi(completeTask, async (c) => {
    const moved = await tasks.work(deps, signedIn(c), {
      id: c.req.valid("param").id,
      step: { kind: "complete", completion: c.req.valid("json") },
      ifMatch: c.req.valid("header")["if-match"],
      requestId: c.get("requestId"),
    });
    return reply(c, 200, Task, moved, { etag: etagOf(moved) });
  });

  const orderOf = (c: { get(name: "requestId"): string }, key: string) => ({
    key,
    requestId: c.get("requestId"),
  });

  api.openapi(releaseTasks, async (c) => {
    const order = orderOf(c, c.req.valid("header")["idempotency-key"]);
    const input = { ...c.req.valid("json"), ...order };
    return reply(c, 200, MovedTasks, await tasks.releaseAll(deps, callingService(c), input));
  });

  api.openapi(restoreTasks, async (c) => {
    const order = orderOf(c, c.req.valid("header")["idempotency-key"]);
    const input = { ...c.req.valid("json"), ...order };
    return reply(c, 200, MovedTasks, await tasks.restoreAll(deps, callingService(c), input));
  });

  api.openapi(assignTasks, async (c) => {
    const order = orderOf(c, c.req.valid("header")["idempotency-key"]);
    const input = { ...c.req.valid("json"), ...order };
    return reply(c, 200, MovedTasks, await tasks.assignAll(deps, callingService(c), input));
  });

  return api;
}
