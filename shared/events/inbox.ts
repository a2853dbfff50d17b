/** Facts that come in: `POST /internal/events`, each handled once however often it is told. */
import { z } from "@hono/zod-openapi";
import { callingService } from "../auth/actor.ts";
import { type Api, createApi } from "../http/api.ts";
import { defineRoute } from "../http/define_route.ts";
import { empty } from "../http/reply.ts";
import type { Db, Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { common } from "../problem/problem.ts";
import { EventEnvelope } from "./event.ts";
import * as store from "./store.ts";

/**
 * Handles one type of event. `prepare` asks other services, before the transaction; `apply`
 * changes rows, in the transaction that also remembers the event.
 */
export type EventHandler<T = unknown, P = unknown> = {
  data: z.ZodType<T>;
  prepare?: (event: EventEnvelope, data: T) => Promise<P>;
  apply: (tx: Db, event: EventEnvelope, data: T, prepared: P) => Promise<void>;
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

export function eventRoutes(sql: Sql, handlers: Record<string, EventHandler>): Api {
  const api = createApi();
  api.openapi(receiveEvent, async (c) => {
    const event = c.req.valid("json");
    // A service tells its own facts only.
    if (event.source !== `/${callingService(c).service}`) throw common("not-permitted");
    const handler = handlers[event.type];
    if (!handler) {
      throw common("invalid-request", {
        errors: [{ pointer: "/type", detail: "No handler for this type of event." }],
      });
    }
    const data = handler.data.safeParse(event.data);
    if (!data.success) {
      throw common("invalid-request", {
        errors: [{ pointer: "/data", detail: "The data do not have the shape of their type." }],
      });
    }
    const prepared = await handler.prepare?.(event, data.data);
    await transaction(sql, { organizationId: event.organizationid }, async (tx) => {
      if (await store.markReceived(tx, event)) {
        await handler.apply(tx, event, data.data, prepared);
      }
    });
    return empty();
  });
  return api;
}
