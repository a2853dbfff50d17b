/** How tasks are reached over HTTP. */
import { z } from "@hono/zod-openapi";
import { signedIn } from "@praxis/shared/auth";
import {
  type Api,
  createApi,
  defineRoute,
  empty,
  Page,
  PageQuery,
  readCursor,
  reply,
  toPage,
} from "@praxis/shared/http";
import { IdempotencyHeaders } from "@praxis/shared/idempotency";
import { defineOrder, orderOf } from "@praxis/shared/orders";
import type { Deps } from "../deps.ts";
import {
  AssignTasks,
  Comment,
  Completion,
  Delegation,
  etagOf,
  MemberTasks,
  MovedTasks,
  NewComment,
  Pool,
  PoolInput,
  PoolName,
  Pools,
  RestoreTasks,
  Snooze,
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
  runId: z.uuid().optional(),
  overdue: z.enum(["true", "false"]).optional(),
  snoozed: z.enum(["true", "false"]).optional().openapi({
    description: "Also what somebody has put off for now.",
  }),
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

const handling = <P extends string, T extends z.ZodType>(name: P, summary: string, schema: T) =>
  defineRoute({
    permission: "tasks:work",
    method: "post",
    path: `${PATH}/{id}/${name}` as const,
    tags: ["tasks"],
    summary,
    request: {
      params: Id,
      headers: IfMatch,
      body: { content: { "application/json": { schema } } },
    },
    responses: task("As it stands now"),
  });
const snoozeTask = handling("snooze", "Put a task off, at most until it is due", Snooze);
const delegateTask = handling(
  "delegate",
  "Hand a task that you have claimed, or may assign, to another member",
  Delegation,
);

const CommentPage = Page(Comment).openapi("TaskCommentPage");
const commentTask = defineRoute({
  permission: "tasks:work",
  method: "post",
  path: `${PATH}/{id}/comments`,
  tags: ["tasks"],
  summary: "Say something about a task",
  request: { params: Id, body: { content: { "application/json": { schema: NewComment } } } },
  responses: { 201: { description: "Said", content: { "application/json": { schema: Comment } } } },
});
const listComments = defineRoute({
  permission: "tasks:read",
  method: "get",
  path: `${PATH}/{id}/comments`,
  tags: ["tasks"],
  summary: "Read what was said about a task, newest first",
  request: { params: Id, query: PageQuery },
  responses: {
    200: { description: "OK", content: { "application/json": { schema: CommentPage } } },
  },
});

const POOLS = "/api/workflow/task-pools";
const listPools = defineRoute({
  permission: "tasks:read",
  method: "get",
  path: POOLS,
  tags: ["tasks"],
  summary: "List the groups of members that tasks are offered to",
  responses: { 200: { description: "OK", content: { "application/json": { schema: Pools } } } },
});
const putPool = defineRoute({
  permission: "tasks:assign",
  method: "put",
  path: POOLS,
  tags: ["tasks"],
  summary: "Say who belongs to a group; as long as it is empty its tasks are everybody's",
  request: {
    query: z.strictObject({ name: PoolName }),
    body: { content: { "application/json": { schema: PoolInput } } },
  },
  responses: { 200: { description: "OK", content: { "application/json": { schema: Pool } } } },
});

/** An order that is answered with which tasks it has moved: the next one needs them. */
const moving = <P extends string, T extends z.ZodType>(path: P, summary: string, schema: T) =>
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

const releaseTasks = moving(
  "/internal/tasks/release",
  "Take from a member everything that they have claimed",
  MemberTasks,
);
const restoreTasks = defineOrder({
  path: "/internal/tasks/restore",
  summary: "Give back what was released under a key",
  params: z.object({}),
  body: RestoreTasks,
});
const assignTasks = moving(
  "/internal/tasks/assign",
  "Give open tasks to a member",
  AssignTasks,
);

export function taskRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(listTasks, async (c) => {
    const actor = signedIn(c);
    const query = c.req.valid("query");
    const { limit, cursor, mine, state, subjectId, patientId, runId } = query;
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(state === undefined ? {} : { state }),
      ...(subjectId === undefined ? {} : { subjectId }),
      ...(patientId === undefined ? {} : { patientId }),
      ...(mine === "true" ? { claimedBy: actor.userId } : {}),
      ...(runId === undefined ? {} : { runId }),
      ...(query.snoozed === "true" ? {} : { awakeAt: deps.now() }),
      ...(query.overdue === "true" ? { overdueAt: deps.now() } : {}),
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

  api.openapi(snoozeTask, async (c) => {
    const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
    const moved = await tasks.snooze(deps, signedIn(c), {
      ...asked,
      ifMatch: c.req.valid("header")["if-match"],
      requestId: c.get("requestId"),
    });
    return reply(c, 200, Task, moved, { etag: etagOf(moved) });
  });

  api.openapi(delegateTask, async (c) => {
    const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
    const moved = await tasks.delegate(deps, signedIn(c), {
      ...asked,
      ifMatch: c.req.valid("header")["if-match"],
      requestId: c.get("requestId"),
    });
    return reply(c, 200, Task, moved, { etag: etagOf(moved) });
  });

  api.openapi(commentTask, async (c) => {
    const asked = { ...c.req.valid("param"), ...c.req.valid("json") };
    const said = await tasks.comment(deps, signedIn(c), {
      ...asked,
      requestId: c.get("requestId"),
    });
    return reply(c, 201, Comment, said);
  });

  api.openapi(listComments, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const { id } = c.req.valid("param");
    const asked = { id, before, limit, requestId: c.get("requestId") };
    const rows = await tasks.listComments(deps, signedIn(c), asked);
    return reply(c, 200, CommentPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(listPools, async (c) => {
    return reply(c, 200, Pools, { items: await tasks.listPools(deps, signedIn(c)) });
  });

  api.openapi(putPool, async (c) => {
    const pool = { ...c.req.valid("query"), ...c.req.valid("json") };
    await tasks.putPool(deps, signedIn(c), { pool, requestId: c.get("requestId") });
    return reply(c, 200, Pool, pool);
  });

  api.openapi(releaseTasks, async (c) => {
    const moved = await tasks.releaseAll(deps, orderOf(c), c.req.valid("json"));
    return reply(c, 200, MovedTasks, moved);
  });

  api.openapi(restoreTasks, async (c) => {
    await tasks.restoreAll(deps, orderOf(c), c.req.valid("json"));
    return empty();
  });

  api.openapi(assignTasks, async (c) => {
    const moved = await tasks.assignAll(deps, orderOf(c), c.req.valid("json"));
    return reply(c, 200, MovedTasks, moved);
  });

  return api;
}
