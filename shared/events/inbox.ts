/** Facts that come in: `POST /internal/events`, each handled once however often it is told. */
import { z } from "@hono/zod-openapi";
import { callingService, type ServiceActor } from "../auth/actor.ts";
import { type Api, createApi, errorsOf } from "../http/api.ts";
import { defineRoute } from "../http/define_route.ts";
import { empty, reply } from "../http/reply.ts";
import type { Db, Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { common, defineProblems } from "../problem/problem.ts";
import { inSpan } from "../telemetry/trace.ts";
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

/** Facts of one organization that share a transaction. */
const CHUNK = 32;
/** Nothing of a batch is begun later than this: it is told alone, and answered for alone. */
const BATCH_MS = 5_000;
const BATCH_EVENTS_MAX = 64;

const Handled = z.object({ handled: z.array(z.uuid()) }).openapi("HandledEvents");

const receiveBatch = defineRoute({
  permission: "service",
  method: "post",
  path: "/internal/events/batch",
  tags: ["internal"],
  summary: "Take in many facts; what is not handled here is to be told alone",
  request: {
    body: {
      content: {
        "application/json": {
          schema: z.strictObject({ events: z.array(z.unknown()).max(BATCH_EVENTS_MAX) }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "Which were handled, now or before",
      content: {
        "application/json": {
          schema: Handled,
        },
      },
    },
  },
});

type Limits = { handlerMs?: number };

/** A fact that is understood, with what becomes of it. */
type Understood = { event: EventEnvelope; handler: EventHandler; data: unknown };

export function eventRoutes(
  sql: Sql,
  handlers: Record<string, EventHandler>,
  { handlerMs = HANDLER_LIMIT_MS }: Limits = {},
): Api {
  const known = new Map(Object.entries(handlers));
  const api = createApi();

  /** @throws Problem when it is not this service's to say, or is not understood. */
  function understand(event: EventEnvelope, { service }: ServiceActor): Understood {
    // A service tells its own facts only.
    if (event.source !== `/${service}`) throw common("not-permitted");
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
    return { event, handler, data: parsed.data };
  }

  /** Facts of one organization: all of them, with their marks, or none. */
  async function handle(facts: readonly Understood[], limitMs: number): Promise<void> {
    const organizationId = facts[0]!.event.organizationid;
    const prepared = await within(
      limitMs,
      Promise.all(facts.map(({ event, handler, data }) => handler.prepare?.(event, data))),
    );
    await transaction(sql, { organizationId }, async (tx) => {
      const unseen = new Set(await store.markReceived(tx, facts.map(({ event }) => event)));
      // A handler that hangs may wake up later; by then the connection is in another's transaction.
      const { proxy: ours, revoke } = Proxy.revocable(tx, {});
      try {
        await within(limitMs, applyAll(ours, facts, prepared, unseen));
      } finally {
        revoke();
      }
    });
    for (const [at, { event, handler, data }] of facts.entries()) {
      await handler.after?.(event, data, prepared[at]);
    }
  }

  async function applyAll(
    tx: Db,
    facts: readonly Understood[],
    prepared: readonly unknown[],
    unseen: Set<string>,
  ): Promise<void> {
    for (const [at, { event, handler, data }] of facts.entries()) {
      // One call may hold the same fact twice.
      if (!unseen.delete(event.id)) continue;
      await inSpan(`handle ${event.type}`, {
        kind: "consumer",
        // In a batch each fact goes on in its own trace.
        parent: event.traceparent,
        attributes: { "messaging.message.id": event.id },
      }, () => handler.apply(tx, event, data, prepared[at]));
    }
  }

  api.openapi(receiveEvent, async (c) => {
    await handle([understand(c.req.valid("json"), callingService(c))], handlerMs);
    return empty();
  });

  api.openapi(receiveBatch, async (c) => {
    const teller = callingService(c);
    const chunks = new Map<string, Understood[]>();
    for (const given of c.req.valid("json").events) {
      try {
        const fact = understand(EventEnvelope.parse(given), teller);
        // What it has asked of others must not be asked again because a neighbour fails.
        if (fact.handler.prepare) continue;
        const { organizationid } = fact.event;
        const chunk = chunks.get(organizationid);
        if (chunk) chunk.push(fact);
        else chunks.set(organizationid, [fact]);
      } catch {
        // Told alone, it is answered with what is wrong.
      }
    }
    const handled: string[] = [];
    const endsAt = performance.now() + BATCH_MS;
    // Whoever has little to tell does not wait for who has much.
    const turns = [...chunks.values()].sort((a, b) => a.length - b.length)
      .flatMap((facts) =>
        Array.from(
          { length: Math.ceil(facts.length / CHUNK) },
          (_, at) => facts.slice(at * CHUNK, (at + 1) * CHUNK),
        )
      );
    for (const facts of turns) {
      const leftMs = Math.min(endsAt - performance.now(), handlerMs);
      if (leftMs <= 0) break;
      try {
        await handle(facts, leftMs);
        handled.push(...facts.map(({ event }) => event.id));
      } catch {
        // Nothing of it has happened: each is told alone, and only the bad one fails.
      }
    }
    return reply(c, 200, Handled, { handled });
  });
  return api;
}
