/** How sagas are reached over HTTP, by people and by other services. */
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
import { Evidence, isOver, NewSaga, Saga, SagaDetail, sagaStates } from "./model.ts";
import { type Progress, streamProgress } from "../progress.ts";
import * as sagas from "./sagas.ts";

const PATH = "/api/workflow/sagas";

const SagaPage = Page(Saga).openapi("SagaPage");
const Id = z.object({ id: z.uuid() });

const SagaQuery = PageQuery.extend({
  state: z.enum(sagaStates).optional(),
  name: z.string().max(60).regex(/^[a-z-]+$/).optional(),
});

const json = <T extends z.ZodType>(description: string, schema: T) => ({
  description,
  content: { "application/json": { schema } },
});

const startSaga = defineRoute({
  permission: "workflows:start",
  method: "post",
  path: PATH,
  tags: ["sagas"],
  summary: "Start an undertaking across services; what it does needs its own permission, too",
  request: {
    headers: IdempotencyHeaders,
    body: { content: { "application/json": { schema: NewSaga } } },
  },
  responses: { 202: json("It is under way, or was already", Saga) },
});

const startSagaForService = defineRoute({
  permission: "service",
  method: "post",
  path: "/internal/sagas",
  tags: ["internal"],
  summary: "Start a saga for another service; the key is required",
  request: {
    headers: IdempotencyHeaders.required(),
    body: {
      content: {
        "application/json": {
          schema: NewSaga.extend({
            organizationId: z.uuid(),
            requestId: z.string().max(100).optional(),
          }),
        },
      },
    },
  },
  responses: { 202: json("It is under way, or was already", Saga) },
});

const listSagas = defineRoute({
  permission: "sagas:read",
  method: "get",
  path: PATH,
  tags: ["sagas"],
  summary: "List the sagas of your organization, newest first",
  request: { query: SagaQuery },
  responses: { 200: json("OK", SagaPage) },
});

const getSaga = defineRoute({
  permission: "sagas:read",
  method: "get",
  path: `${PATH}/{id}`,
  tags: ["sagas"],
  summary: "Read a saga with its steps and its history",
  request: { params: Id },
  responses: { 200: json("OK", SagaDetail) },
});

const followSaga = defineRoute({
  permission: "sagas:read",
  method: "get",
  path: `${PATH}/{id}/progress`,
  tags: ["sagas"],
  summary: "Follow a saga's history as server-sent events; Last-Event-ID goes on from there",
  request: {
    params: Id,
    headers: z.object({ "last-event-id": z.string().regex(/^\d{1,15}$/).optional() }),
  },
  responses: {
    200: {
      description: "`history` events, then `state` when it is over or stuck",
      content: { "text/event-stream": { schema: z.string() } },
    },
  },
});

const operation = (name: "retry" | "skip" | "abort", summary: string) =>
  defineRoute({
    permission: "sagas:operate",
    method: "post",
    path: `${PATH}/{id}/${name}`,
    tags: ["sagas"],
    summary,
    request: { params: Id, body: { content: { "application/json": { schema: Evidence } } } },
    responses: { 200: json("As it stands now", SagaDetail) },
  });

const operations = {
  retry: operation("retry", "Try the step again at which a saga is stuck"),
  skip: operation("skip", "Go on without the step at which a saga is stuck: you have seen to it"),
  abort: operation("abort", "Turn a saga back, or close one that only a person can finish"),
};

/** What a browser that follows a saga is told next. */
function toProgress({ saga, entries }: Awaited<ReturnType<typeof sagas.follow>>): Progress {
  const isEnd = isOver(saga.state) || saga.state === "stuck";
  return { entries, end: isEnd ? { event: "state", data: Saga.parse(saga) } : undefined };
}

export function sagaRoutes(deps: Deps): Api {
  const api = createApi();

  api.openapi(startSaga, async (c) => {
    const actor = signedIn(c);
    const { saga } = await sagas.start(deps, actor, {
      ...c.req.valid("json"),
      organizationId: actor.organizationId,
      key: c.req.valid("header")["idempotency-key"],
      requestId: c.get("requestId"),
    });
    return reply(c, 202, Saga, saga, { location: `${PATH}/${saga.id}` });
  });

  api.openapi(startSagaForService, async (c) => {
    const { requestId, ...input } = c.req.valid("json");
    const { saga } = await sagas.start(deps, callingService(c), {
      ...input,
      key: c.req.valid("header")["idempotency-key"],
      requestId: requestId ?? c.get("requestId"),
    });
    return reply(c, 202, Saga, saga, { location: `${PATH}/${saga.id}` });
  });

  api.openapi(listSagas, async (c) => {
    const { limit, cursor, state, name } = c.req.valid("query");
    const [before] = readCursor(cursor, z.tuple([z.uuid()])) ?? [];
    const filter = {
      ...(state === undefined ? {} : { state }),
      ...(name === undefined ? {} : { name }),
    };
    const requestId = c.get("requestId");
    const rows = await sagas.list(deps, signedIn(c), { filter, before, limit, requestId });
    return reply(c, 200, SagaPage, toPage(rows, limit, ({ id }) => [id]));
  });

  api.openapi(getSaga, async (c) => {
    const input = { id: c.req.valid("param").id, requestId: c.get("requestId") };
    return reply(c, 200, SagaDetail, await sagas.get(deps, signedIn(c), input));
  });

  api.openapi(followSaga, async (c) => {
    const actor = signedIn(c);
    const { organizationId } = actor;
    const { id } = c.req.valid("param");
    const after = Number(c.req.valid("header")["last-event-id"] ?? 0);
    const requestId = c.get("requestId");
    const first = toProgress(await sagas.beginToFollow(deps, actor, { id, after, requestId }));
    const look = async (after: number) =>
      toProgress(await sagas.follow(deps, organizationId, { id, after }));
    return streamProgress({ after, gone: c.req.raw.signal, first, look }) as never;
  });

  for (const [name, route] of Object.entries(operations)) {
    api.openapi(route, async (c) => {
      const detail = await sagas.operate(deps, signedIn(c), {
        id: c.req.valid("param").id,
        operation: name as keyof typeof operations,
        evidence: c.req.valid("json").evidence,
        requestId: c.get("requestId"),
      });
      return reply(c, 200, SagaDetail, detail);
    });
  }

  return api;
}
