/** Facts that come in: `POST /internal/events`, each handled once however often it is told. */
import { z } from "@hono/zod-openapi";
import { callingService } from "../auth/actor.ts";
import { type Api, createApi, errorsOf } from "../http/api.ts";
import { defineRoute } from "../http/define_route.ts";
import { empty } from "../http/reply.ts";
import type { Db, Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { common, defineProblems } from "../problem/problem.ts";
import { EventEnvelope } from "./event.ts";
import * as store from "./store.ts";

/** Less than the relay waits: so the relay is told why, and the transaction is over by then. */
const HANDLER_LIMIT_MS = 8_000;

/** The relay knows this kind: a deploy that is under way may change the answer. */
const problem = defineProblems({
  "unknown-event": { status: 422, title: "This type or version of event is not known here" },
});

/**
 * Handles one type of event. `prepare` asks other services, before the transaction; `apply`
 * changes rows, in the transaction that also remembers the event; `after` forgets what was cached,
 * once that is committed, also for a copy: a crash in between must not leave it out.
 */
export type EventHandler<T = unknown, P = unknown> = {
  /** The service that may tell it. */
  source?: string;
  /** Versions of the data that are understood; any unless given. */
  versions?: readonly number[];
  data: z.ZodType<T>;
  prepare?: (event: EventEnvelope, data: T) => Promise<P>;
  apply: (tx: Db, event: EventEnvelope, data: T, prepared: P) => Promise<void>;
  after?: (event: EventEnvelope, data: T, prepared: P) => Promise<void>;
};

/** Keeps the types of a handler's parts together, then forgets them. */
export function onEvent<T, P = undefined>(handler: EventHandler<T, P>): EventHandler {
  return handler as unknown as EventHandler;
}

const receiveEvent = defineRoute({
  permission: "service",
  method: "post",
  path: "/internal/events",
  tags: ["internal"],
  summary: "Take in a fact from another service",
  request: { body: { content: { "application/json": { schema: EventEnvelope } } } },
  responses: { 204: { description: "Handled, now or before" } },
});

/** @throws when `work` takes longer than it may; what it holds is given back by its caller. */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the handler of an event hangs")), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Limits = { handlerMs?: number };

export function eventRoutes(
  sql: Sql,
  handlers: Record<string, EventHandler>,
  { handlerMs = HANDLER_LIMIT_MS }: Limits = {},
): Api {
  const known = new Map(Object.entries(handlers));
  const api = createApi();
  api.openapi(receiveEvent, async (c) => {
    const event = c.req.valid("json");
    // A service tells its own facts only.
    if (event.source !== `/${callingService(c).service}`) throw common("not-permitted");
    const handler = known.get(event.type);
    if (!handler) {
      throw problem("unknown-event", {
        errors: [{ pointer: "/type", detail: "No handler for this type of event." }],
      });
    }
    if (handler.source !== undefined && event.source !== `/${handler.source}`) {
      throw common("not-permitted");
    }
    if (handler.versions && !handler.versions.includes(event.dataversion)) {
      throw problem("unknown-event", {
        errors: [{ pointer: "/dataversion", detail: "This version is not understood." }],
      });
    }
    const parsed = handler.data.safeParse(event.data);
    if (!parsed.success) {
      const errors = errorsOf(parsed.error.issues as Parameters<typeof errorsOf>[0]);
      throw common("invalid-request", {
        errors: errors.map(({ pointer, detail }) => ({ pointer: `/data${pointer}`, detail })),
      });
    }
    const { data } = parsed;
    const prepared = handler.prepare && await within(handlerMs, handler.prepare(event, data));
    await transaction(sql, { organizationId: event.organizationid }, async (tx) => {
      if (await store.markReceived(tx, event)) {
        await within(handlerMs, handler.apply(tx, event, data, prepared));
      }
    });
    await handler.after?.(event, data, prepared);
    return empty();
  });
  return api;
}
