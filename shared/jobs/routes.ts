/** What an operator sees of a service's work, and sends off again: the same routes everywhere. */
import { z } from "@hono/zod-openapi";
import { type ReadAudit, record } from "../audit/audit.ts";
import { signedIn } from "../auth/actor.ts";
import * as events from "../events/store.ts";
import { type Api, createApi } from "../http/api.ts";
import { defineRoute } from "../http/define_route.ts";
import { empty, reply } from "../http/reply.ts";
import type { Sql } from "../postgres/connect.ts";
import { read, transaction } from "../postgres/transaction.ts";
import { defineProblems } from "../problem/problem.ts";
import * as store from "./store.ts";

const problem = defineProblems({
  "job-not-found": { status: 404, title: "There is no dead job with this id" },
  "event-not-found": { status: 404, title: "There is no dead event with this id" },
});

/** More than anybody reads; the counts say how many there are. */
const DEAD_MAX = 100;

const count = z.int().min(0);

export const Operations = z.object({
  queues: z.array(z.object({ queue: z.string(), waiting: count, running: count, dead: count })),
  subscribers: z.array(z.object({ subscriber: z.string(), waiting: count, dead: count })),
  deadJobs: z.array(z.object({
    id: z.uuid(),
    queue: z.string(),
    createdAt: z.iso.datetime(),
    failedAt: z.iso.datetime().nullable(),
    attempts: z.int(),
    reason: z.string().nullable().openapi({ description: "The kind of error." }),
  })).openapi({ description: `The newest ${DEAD_MAX}.` }),
  deadEvents: z.array(z.object({
    id: z.uuid(),
    subscriber: z.string(),
    type: z.string(),
    subject: z.string(),
    createdAt: z.iso.datetime(),
    attempts: z.int(),
    reason: z.string().nullable().openapi({ description: "What the subscriber answered." }),
  })).openapi({ description: `The newest ${DEAD_MAX}.` }),
}).openapi("Operations");

/** Of one call: locks and the audit row stay small. */
const REDRIVE_MAX = 1_000;

const Subscriber = z.strictObject({
  subscriber: z.string().min(1).max(64).optional().openapi({
    description: "Only what this one has not heard; everybody's unless given.",
  }),
});

const Redriven = z.object({
  redriven: count.max(REDRIVE_MAX).openapi({
    description: `Deliveries that will be tried; at ${REDRIVE_MAX} there may be more: ask again.`,
  }),
}).openapi("Redriven");

const Id = z.object({ id: z.uuid() });

type Deps = { sql: Sql; auditRead: ReadAudit; now: () => Date };

/** `/api/<service>/jobs` and the ways to send something off again. */
export function jobRoutes(service: string, { sql, auditRead, now }: Deps): Api {
  const listOperations = defineRoute({
    permission: "jobs:read",
    method: "get",
    path: `/api/${service}/jobs`,
    tags: ["jobs"],
    summary: "Count the jobs and events of your organization, and list those that were given up",
    responses: {
      200: { description: "OK", content: { "application/json": { schema: Operations } } },
    },
  });

  const redriveJob = defineRoute({
    permission: "jobs:operate",
    method: "post",
    path: `/api/${service}/jobs/{id}/redrive`,
    tags: ["jobs"],
    summary: "Try a dead job again",
    request: { params: Id },
    responses: { 204: { description: "It will be tried" } },
  });

  const redriveEvent = defineRoute({
    permission: "jobs:operate",
    method: "post",
    path: `/api/${service}/events/{id}/redrive`,
    tags: ["jobs"],
    summary: "Tell a dead event again, to those who have not heard it",
    request: { params: Id },
    responses: { 204: { description: "It will be told" } },
  });

  const redriveEvents = defineRoute({
    permission: "jobs:operate",
    method: "post",
    path: `/api/${service}/events/redrive`,
    tags: ["jobs"],
    summary: "Tell the dead events of your organization again, the oldest first",
    request: {
      body: { required: true, content: { "application/json": { schema: Subscriber } } },
    },
    responses: {
      200: { description: "OK", content: { "application/json": { schema: Redriven } } },
    },
  });

  const api = createApi();

  api.openapi(listOperations, async (c) => {
    const actor = signedIn(c);
    const { organizationId } = actor;
    const [queues, subscribers, deadJobs, deadEvents] = await read(
      sql,
      { organizationId },
      (tx) =>
        Promise.all([
          store.countJobs(tx, organizationId),
          events.countDeliveries(tx, organizationId),
          store.listDead(tx, organizationId, DEAD_MAX),
          events.listDead(tx, organizationId, DEAD_MAX),
        ]),
    );
    await auditRead({
      actor,
      organizationId,
      action: "jobs.read",
      subject: { type: "job" },
      requestId: c.get("requestId"),
      details: { deadJobs: deadJobs.length, deadEvents: deadEvents.length },
    });
    return reply(c, 200, Operations, {
      queues,
      subscribers,
      deadJobs: deadJobs.map((job) => ({
        ...job,
        createdAt: job.createdAt.toISOString(),
        failedAt: job.failedAt?.toISOString() ?? null,
      })),
      deadEvents: deadEvents.map((event) => ({
        ...event,
        createdAt: event.createdAt.toISOString(),
      })),
    });
  });

  api.openapi(redriveJob, async (c) => {
    const actor = signedIn(c);
    const { organizationId } = actor;
    const { id } = c.req.valid("param");
    await transaction(sql, { organizationId }, async (tx) => {
      const queue = await store.redrive(tx, organizationId, id);
      if (queue === undefined) throw problem("job-not-found");
      await record(tx, now(), {
        actor,
        organizationId,
        action: "job.redriven",
        subject: { type: "job", id },
        requestId: c.get("requestId"),
        details: { queue },
      });
    });
    return empty();
  });

  api.openapi(redriveEvent, async (c) => {
    const actor = signedIn(c);
    const { organizationId } = actor;
    const { id } = c.req.valid("param");
    await transaction(sql, { organizationId }, async (tx) => {
      const subscribers = await events.redrive(tx, organizationId, id);
      if (subscribers.length === 0) throw problem("event-not-found");
      await record(tx, now(), {
        actor,
        organizationId,
        action: "event.redriven",
        subject: { type: "event", id },
        requestId: c.get("requestId"),
        details: { subscribers },
      });
    });
    return empty();
  });

  api.openapi(redriveEvents, async (c) => {
    const actor = signedIn(c);
    const { organizationId } = actor;
    const { subscriber } = c.req.valid("json");
    const redriven = await transaction(sql, { organizationId }, async (tx) => {
      const limited = { subscriber, limit: REDRIVE_MAX };
      const told = await events.redriveAll(tx, organizationId, limited);
      if (told === 0) return told;
      await record(tx, now(), {
        actor,
        organizationId,
        action: "events.redriven",
        subject: { type: "event" },
        requestId: c.get("requestId"),
        details: { count: told, subscriber: subscriber ?? "all" },
      });
      return told;
    });
    return reply(c, 200, Redriven, { redriven });
  });

  return api;
}
