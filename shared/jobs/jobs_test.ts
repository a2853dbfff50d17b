/** Jobs exist if and only if their transaction commits, and are done at least once. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { newId } from "../id/id.ts";
import { connect } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import { silent } from "../telemetry/log.ts";
import { openTestService, type TestService } from "../testing/mod.ts";
import { createService } from "../http/mod.ts";
import { defineQueue, jobRoutes, type Jobs, startJobs } from "./jobs.ts";

const folder = new URL("../testing/fixtures/migrations/", import.meta.url);
const Data = z.strictObject({ thingId: z.uuid() });

/** Resolves with the first `count` values that are put in. */
function collect<T>(count: number) {
  const all = Promise.withResolvers<T[]>();
  const values: T[] = [];
  return {
    all: all.promise,
    put: (value: T) => {
      values.push(value);
      if (values.length === count) all.resolve([...values]);
    },
  };
}

describe("jobs", () => {
  const Polish = defineQueue({ name: "polish", data: Data });
  const Retry = defineQueue({ name: "retry", data: Data });
  const Orphaned = defineQueue({ name: "orphaned", data: Data });
  const Slow = defineQueue({ name: "slow", data: Data });
  const Unworked = defineQueue({ name: "unworked", data: Data });
  const Keyed = defineQueue({ name: "keyed", data: Data });
  const Hopeless = defineQueue({ name: "hopeless", data: Data });
  let service: TestService;
  let jobs: Jobs;
  const failures: unknown[] = [];
  before(async () => {
    service = await openTestService({ service: "things", folder });
    jobs = await startJobs({
      url: service.appUrl,
      queues: [Polish, Retry, Orphaned, Slow, Unworked, Keyed, Hopeless],
      log: { ...silent, error: (event, error, facts) => failures.push({ event, error, facts }) },
    });
  });
  after(async () => {
    await jobs.stop();
    await service[Symbol.asyncDispose]();
  });

  const send = (queue: typeof Polish, thingId: string, organizationId = newId()) =>
    transaction(
      service.deps.sql,
      { organizationId },
      (tx) => jobs.send(tx, queue, { thingId }, { organizationId }),
    );
  const countJobs = async (queue: typeof Polish) => {
    const [row] = await service.owner`
      select count(*)::int as count from jobs.job where name = ${queue.name}`;
    return row!.count as number;
  };

  it("are done after the commit", async () => {
    const done = collect<string>(2);
    await jobs.work(Polish, ({ thingId }) => Promise.resolve(done.put(thingId)));
    const ids = [newId(), newId()];
    for (const id of ids) await send(Polish, id);
    deepEqual((await done.all).sort(), ids);
  });

  it("do not exist when their transaction ends badly", async () => {
    const organizationId = newId();
    const work = transaction(service.deps.sql, { organizationId }, async (tx) => {
      await jobs.send(tx, Unworked, { thingId: newId() }, { organizationId });
      const [row] = await tx`select count(*)::int as count from jobs.job where name = 'unworked'`;
      equal(row!.count, 1, "the job is sent within this transaction");
      throw new Error("second thoughts");
    });
    await rejects(work, { message: "second thoughts" });
    equal(await countJobs(Unworked), 0);
  });

  it("are not sent with data of another shape", async () => {
    await rejects(send(Unworked, "not an id"), { name: "ZodError" });
    equal(await countJobs(Unworked), 0);
  });

  it("are tried again when they throw, and the reason is kept without its words", async () => {
    const done = collect<number>(1);
    let attempts = 0;
    await jobs.work(Retry, () => {
      attempts++;
      if (attempts === 1) throw new TypeError("Ada's letter cannot be read");
      done.put(attempts);
      return Promise.resolve();
    });
    await send(Retry, newId());
    deepEqual(await done.all, [2]);
    deepEqual(
      failures.map((failure) => (failure as { event: string }).event),
      ["job failed"],
    );
    const [row] = await service.owner`select output::text from jobs.job where name = 'retry'`;
    ok(!JSON.stringify({ ...row }).includes("Ada"));
  });

  it("with one key are one job, and know the request that they follow from", async () => {
    const [organizationId, thingId] = [newId(), newId()];
    const sendKeyed = (requestId: string) =>
      transaction(
        service.deps.sql,
        { organizationId },
        (tx) => jobs.send(tx, Keyed, { thingId }, { organizationId, requestId, key: "once" }),
      );
    await sendKeyed("request-1");
    await sendKeyed("request-2");
    equal(await countJobs(Keyed), 1);
    const done = collect<unknown>(1);
    await jobs.work(
      Keyed,
      (data, { requestId, organizationId }) =>
        Promise.resolve(done.put({ data, requestId, organizationId })),
    );
    deepEqual(await done.all, [{ data: { thingId }, requestId: "request-1", organizationId }]);
  });

  it("that were given up are seen by their organization, and tried again by its operator", async () => {
    const [clinic, rival] = [newId(), newId()];
    await send(Hopeless, newId(), clinic);
    await send(Hopeless, newId(), rival);
    await service.owner`
      update jobs.job set state = 'failed', completed_on = now(), output = '{"reason":"TypeError"}'
      where name = 'hopeless'`;
    const app = createService({
      name: "things",
      features: [jobRoutes("things", service.deps)],
      identify: service.identify,
    });
    const call = async (method: string, path: string, organizationId: string) =>
      await app.request(`/api/things/${path}`, {
        method,
        headers: service.headersOf({ organizationId }),
      });
    const seen = await (await call("GET", "jobs", clinic)).json();
    deepEqual(seen.queues, [{ queue: "hopeless", waiting: 0, running: 0, dead: 1 }]);
    equal(seen.deadJobs.length, 1);
    const [{ id, reason }] = seen.deadJobs;
    equal(reason, "TypeError");
    equal((await call("POST", `jobs/${id}/redrive`, rival)).status, 404);
    equal((await call("POST", `jobs/${id}/redrive`, clinic)).status, 204);
    equal((await call("POST", `jobs/${id}/redrive`, clinic)).status, 404);
    const done = collect<string>(1);
    await jobs.work(Hopeless, ({ thingId }) => Promise.resolve(done.put(thingId)));
    equal((await done.all).length, 1);
    const audit = await service.owner`
      select action, subject_id from audit_events
      where organization_id = ${clinic} and action = 'job.redriven'`;
    deepEqual(audit.map((row) => ({ ...row })), [{ action: "job.redriven", subjectId: id }]);
  });

  it("'s neighbours, dead events, are told again all at once, by their own operator only", async () => {
    const [clinic, rival] = [newId(), newId()];
    for (const organizationId of [clinic, clinic, rival]) {
      await service.owner`
        with event as (
          insert into outbox_events (id, organization_id, aggregate, event)
          values (${newId()}, ${organizationId}, 'one', '{}') returning seq
        )
        insert into outbox_deliveries (seq, subscriber, organization_id, aggregate, state)
        select seq, subscriber, ${organizationId}, 'one', 'dead'
        from event, unnest(array['workflow', 'content']) as subscriber`;
    }
    const app = createService({
      name: "things",
      features: [jobRoutes("things", service.deps)],
      identify: service.identify,
    });
    const redrive = async (body: unknown) => {
      const answer = await app.request("/api/things/events/redrive", {
        method: "POST",
        body: JSON.stringify(body),
        headers: {
          ...service.headersOf({ organizationId: clinic }),
          "content-type": "application/json",
        },
      });
      return [answer.status, (await answer.json()).redriven];
    };
    deepEqual(await redrive({ subscriber: "nobody" }), [200, 0]);
    deepEqual(await redrive({ subscriber: "content" }), [200, 2]);
    deepEqual(await redrive({}), [200, 2]);
    deepEqual(await redrive({}), [200, 0]);
    equal((await redrive({ subscriber: "" }))[0], 422);
    const left = await service.owner`
      select organization_id, count(*)::int as count from outbox_deliveries
      where state = 'dead' group by organization_id`;
    deepEqual(left.map((row) => ({ ...row })), [{ organizationId: rival, count: 2 }]);
    const audit = await service.owner`
      select details from audit_events
      where organization_id = ${clinic} and action = 'events.redriven' order by seq`;
    deepEqual(audit.map(({ details }) => details), [
      { count: 2, subscriber: "content" },
      { count: 2, subscriber: "all" },
    ]);
  });

  it("of a worker that died are given to another", async () => {
    await send(Orphaned, newId());
    // As a worker leaves it that is killed in the middle.
    const { count } = await service.owner`
      update jobs.job
      set state = 'active', started_on = now() - interval '30 seconds',
          heartbeat_on = now() - interval '20 seconds'
      where name = 'orphaned'`;
    equal(count, 1);
    const done = collect<string>(1);
    await jobs.work(Orphaned, ({ thingId }) => Promise.resolve(done.put(thingId)));
    equal((await done.all).length, 1);
  });

  it("are waited for at the end", async () => {
    const own = await startJobs({ url: service.appUrl, queues: [Slow], log: silent });
    const [started, finish] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let isFinished = false;
    await own.work(Slow, async () => {
      started.resolve();
      await finish.promise;
      isFinished = true;
    });
    await send(Slow, newId());
    await started.promise;
    const stopped = own.stop();
    finish.resolve();
    await stopped;
    equal(isFinished, true);
    const [row] = await service.owner`select state from jobs.job where name = 'slow'`;
    equal(row!.state, "completed");
  });

  it("lie in tables that the service's role cannot change", async () => {
    const sql = connect(service.appUrl, { connectionsMax: 1 });
    try {
      for (
        const statement of [
          "create table jobs.mine (id int)",
          "drop table jobs.job",
          "alter table jobs.job add column mine int",
          "create or replace function jobs.mine() returns int language sql as 'select 1'",
          "drop schema jobs cascade",
          "create table mine (id int)",
        ]
      ) {
        await rejects(sql.unsafe(statement), { code: "42501" }, statement);
      }
    } finally {
      await sql.end();
    }
  });
});
