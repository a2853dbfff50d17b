/** One correlation from a browser's click to the last event: over two services and a job. */
import { deepEqual, equal } from "node:assert/strict";
import { record } from "../audit/audit.ts";
import { createApi, createService, defineRoute, empty } from "../http/mod.ts";
import { newId } from "../id/id.ts";
import { defineQueue, startJobs } from "../jobs/jobs.ts";
import { transaction } from "../postgres/transaction.ts";
import { silent } from "../telemetry/log.ts";
import { openTestService } from "../testing/mod.ts";
import { describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { defineEvent } from "./event.ts";
import { eventRoutes, onEvent } from "./inbox.ts";
import { publish } from "./outbox.ts";
import { startRelay } from "./relay.ts";

const folder = new URL("../testing/fixtures/migrations/", import.meta.url);
const data = z.strictObject({ n: z.int() });
const Clicked = defineEvent({ type: "thing.clicked", version: 1, data, subscribers: ["listener"] });
const Heard = defineEvent({ type: "thing.heard", version: 1, data, subscribers: [] });
const Work = defineQueue({ name: "work", data });

const clickRoute = defineRoute({
  permission: "public",
  method: "post",
  path: "/click",
  responses: { 204: { description: "Clicked" } },
});

describe("the trace that a browser begins", () => {
  it("is that of the audits, facts and jobs that follow, in both services", async () => {
    await using clicked = await openTestService({ service: "things", folder });
    await using listening = await openTestService({ service: "things", folder });
    const organizationId = newId();
    const jobs = await startJobs({ url: listening.appUrl, queues: [Work], log: silent });
    const worked = Promise.withResolvers<string | undefined>();
    await jobs.work(Work, (_data, { requestId }) => Promise.resolve(worked.resolve(requestId)));

    const api = createApi();
    api.openapi(clickRoute, async (c) => {
      const requestId = c.get("requestId");
      const at = new Date();
      await transaction(clicked.deps.sql, { organizationId }, async (tx) => {
        const fact = { source: "things", organizationId, subject: "a", at, requestId };
        await publish(tx, Clicked, { ...fact, data: { n: 1 } });
        const actor = { kind: "anonymous" } as const;
        const subject = { type: "thing" };
        await record(tx, at, { actor, organizationId, action: "thing.click", subject, requestId });
      });
      return empty();
    });
    const browserSide = createService({
      name: "things",
      features: [api],
      identify: clicked.identify,
    });

    const events = eventRoutes(listening.deps.sql, {
      "thing.clicked": onEvent({
        data,
        apply: async (tx, event) => {
          const requestId = event.requestid!;
          const at = new Date();
          await jobs.send(tx, Work, { n: 1 }, { organizationId, requestId });
          const fact = { source: "listener", organizationId, subject: "a", at, requestId };
          await publish(tx, Heard, { ...fact, data: { n: 1 } });
          const actor = { kind: "service", service: "things" } as const;
          const subject = { type: "thing" };
          await record(tx, at, { actor, organizationId, action: "thing.hear", subject, requestId });
        },
      }),
    });
    const app = createService({
      name: "listener",
      features: [events],
      identify: listening.identify,
    });
    const traces: (string | null)[] = [];
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => {
        traces.push(request.headers.get("traceparent"));
        return app.fetch(request);
      },
    );
    const relay = await startRelay({
      sql: clicked.deps.sql,
      discover: () => `http://127.0.0.1:${server.addr.port}`,
      serviceToken: () => Promise.resolve("service-things"),
      log: silent,
    });
    const trace = newId().replaceAll("-", "");
    try {
      const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01` };
      equal((await browserSide.request("/click", { method: "POST", headers })).status, 204);
      await relay.drain();
      equal((await worked.promise)?.replaceAll("-", ""), trace, "the job");
    } finally {
      await relay.stop();
      await server.shutdown();
      await jobs.stop();
    }
    equal(traces[0]!.split("-")[1], trace, "the delivery");
    for (const { owner } of [clicked, listening]) {
      const [fact] = await owner`select event from outbox_events`;
      equal(fact!.event.traceparent.split("-")[1], trace, fact!.event.type);
      const audits = await owner`select request_id from audit_events`;
      deepEqual(audits.map((row) => row.requestId.replaceAll("-", "")), [trace]);
    }
  });
});
