/** Workers that are slower than their lease, and runs by the ten thousand that wait. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { stringify } from "yaml";
import { z } from "zod";
import { catalogue } from "../language/language.ts";
import type { Ask } from "../sagas/model.ts";
import { openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";
import { startRunner } from "./runner.ts";

const BASE = "/api/workflow";
const DAY_MS = 86_400_000;

const act = {
  name: "test.act",
  title: "Acts",
  permission: "workflows:author" as const,
  input: z.record(z.string(), z.unknown()),
  request: (body: unknown) => ({ service: "test", method: "POST" as const, path: "/", body }),
};
const functions = [...catalogue, act];

describe("workers", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow({ functions });
  });
  after(() => t[Symbol.asyncDispose]());

  async function publish(name: string, tasks: unknown) {
    const organizationId = newId();
    const [call, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const source = stringify({
      document: { dsl: "1.0.3", namespace: "clinic", name, version: "1.0.0" },
      evaluate: { language: "cel" },
      do: tasks,
    });
    const path = `${BASE}/definitions/${name}/versions/1`;
    equal((await call("POST", `${BASE}/definitions`, { body: { source } })).status, 201);
    const { id } = await publishVersion([call, approver], path);
    return { organizationId, call, definitionId: id as string };
  }

  const workerOf = (ask: Ask, onOvertaken?: () => void) =>
    startRunner({
      sql: t.deps.sql,
      sandbox: t.deps.sandbox,
      functions,
      ask,
      now: t.deps.now,
      log: t.deps.log,
      isLooking: false,
      ...(onOvertaken === undefined ? {} : { onOvertaken }),
    });

  it("that hang past their lease are overtaken, and what they bring is dropped (2)", async () => {
    const { call } = await publish("slow", [{ one: { call: "test.act" } }, {
      two: { set: { x: 1 } },
    }]);
    const keys: string[] = [];
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    let overtaken = 0;
    const slow = workerOf(async (_command, { key }) => {
      keys.push(key);
      asked.resolve();
      await released.promise;
      return { kind: "done", result: { by: "the slow one" } };
    }, () => overtaken++);
    const quick = workerOf((_command, { key }) => {
      keys.push(key);
      return Promise.resolve({ kind: "done", result: { by: "the quick one" } });
    });
    const started = await call("POST", `${BASE}/runs`, { body: { key: "slow", input: {} } });
    const { id } = await started.json();
    await slow.look();
    await asked.promise;
    // The lease is the database's time: it is over by its own clock.
    await t.service.owner`
      update run_steps set leased_until = now() - interval '1 second'
      where run_id = ${id} and leased_until is not null`;
    await quick.drain();
    const bodyOf = async (path: string) => await (await call("GET", path)).json();
    const run = await bodyOf(`${BASE}/runs/${id}`);
    const history = await bodyOf(`${BASE}/runs/${id}/history`);
    equal(run.status, "completed");
    released.resolve();
    await slow.stop();
    equal(overtaken, 1);
    deepEqual(keys, [`${id}:/do/0/one:1:forward`, `${id}:/do/0/one:1:forward`]);
    deepEqual(await bodyOf(`${BASE}/runs/${id}`), run);
    deepEqual(await bodyOf(`${BASE}/runs/${id}/history`), history);
    const [step] = run.steps.filter(({ node }: { node: string }) => node === "/do/0/one");
    deepEqual([step.output, step.crashes, step.attempts], [{ by: "the quick one" }, 1, 0]);
    await quick.stop();
  });

  it("lose and strand nothing when the database goes away and comes back (3)", async () => {
    const RUNS = 20;
    const { call } = await publish("outage", [
      { one: { call: "test.act" } },
      { two: { call: "test.act" } },
      { three: { call: "test.act" } },
    ]);
    const [{ name }] = await t.service.owner<[{ name: string }]>`select current_database() as name`;
    const outage = async () => {
      await t.service.administer(`alter database "${name}" connection limit 0`);
      await t.service.administer(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      );
    };
    const ids: string[] = [];
    for (let n = 0; n < RUNS; n++) {
      const body = { key: "outage", input: {} };
      ids.push((await (await call("POST", `${BASE}/runs`, { body })).json()).id);
    }
    const keys: string[] = [];
    const worker = workerOf(async (_command, { key }) => {
      keys.push(key);
      // In the midst of the work of all of them.
      if (keys.length === RUNS + 5) await outage();
      return { kind: "done", result: {} };
    });
    await worker.drain();
    const refused = await call("GET", `${BASE}/runs/${ids[0]}`);
    equal(refused.status, 503);
    ok(refused.headers.has("retry-after"));
    await refused.body?.cancel();
    await t.service.administer(`alter database "${name}" connection limit -1`);
    // What was held when the lights went out is taken up once its lease is over.
    await t.service.owner`
      update run_steps set leased_until = now() - interval '1 second'
      where leased_until is not null and state = 'ready'`;
    await worker.drain();
    await worker.stop();
    for (const id of ids) {
      const run = await (await call("GET", `${BASE}/runs/${id}`)).json();
      equal(run.status, "completed", `${id} is stranded`);
      const history = await (await call("GET", `${BASE}/runs/${id}/history`)).json();
      deepEqual(history.items.map(({ event }: { event: string }) => event), [
        "started",
        "done",
        "done",
        "done",
        "completed",
      ]);
    }
    // A call whose end could not be written down was made again, under its own key.
    equal(new Set(keys).size, RUNS * 3);
  });

  it("ask again under the same key when nobody knows whether it was done (9)", async () => {
    const { call } = await publish("unclear", [{ one: { call: "test.act" } }]);
    const done = new Set<string>();
    const keys: string[] = [];
    const worker = workerOf((_command, { key }) => {
      keys.push(key);
      const isFirst = !done.has(key);
      done.add(key);
      return Promise.resolve(
        isFirst
          ? { kind: "unclear", reason: "test did not answer in time" }
          : { kind: "done", result: { effects: done.size } },
      );
    });
    const body = { key: "unclear", input: {} };
    const { id } = await (await call("POST", `${BASE}/runs`, { body })).json();
    await worker.drain();
    t.pass(1_000);
    await worker.drain();
    await worker.stop();
    const run = await (await call("GET", `${BASE}/runs/${id}`)).json();
    deepEqual([run.status, run.output], ["completed", { effects: 1 }]);
    equal(keys.length, 2);
    equal(keys[0], keys[1]);
  });

  it("find the first of fifty thousand waiting runs on time, and read no other (30)", async () => {
    const WAITING = 50_000;
    const { organizationId, call, definitionId } = await publish("waiting", [
      { pause: { wait: { days: 30 } } },
      { done: { set: { isOver: true } } },
    ]);
    const due = new Date(t.deps.now().getTime() + 30 * DAY_MS);
    const step = { data: {}, results: { until: due.toISOString() } };
    const state = {
      input: {},
      context: {},
      outputs: {},
      visits: { "/do/0/pause": 1 },
      undo: [],
      isPastPivot: false,
      consumed: [],
    };
    // As fifty thousand starts leave them: three are due on the day, the others one day later.
    const insert = (from: number, to: number) =>
      transaction(t.deps.sql, { organizationId }, async (tx) => {
        await tx`
          insert into runs (id, organization_id, definition_id, key, version, state,
            started_by_kind, started_by_id, request_id, start_key, created_at)
          select gen_random_uuid(), ${organizationId}, ${definitionId}, 'waiting', 1,
                 ${tx.json(state)}, 'user', 'x', 'x', n::text, ${t.deps.now()}
          from generate_series(${from}::int, ${to}::int) n`;
        await tx`
          insert into run_steps (id, run_id, organization_id, node, visit, kind, state, due_at,
            input, data)
          select gen_random_uuid(), id, organization_id, '/do/0/pause', 1, 'wait', 'waiting',
                 ${due}::timestamptz
                   + case when start_key::int > 3 then interval '1 day' else '0' end,
                 '{}', ${tx.json(step)}
          from runs where organization_id = ${organizationId} and key = 'waiting'
            and start_key = any (array(select n::text
                                       from generate_series(${from}::int, ${to}::int) n))`;
      });
    const CHUNK = 2_500;
    for (let from = 1; from <= WAITING; from += CHUNK) await insert(from, from + CHUNK - 1);
    const fresh = workerOf(() => Promise.resolve({ kind: "refused", reason: "nobody is asked" }));
    const touched = async () => {
      const [row] = await t.service.owner<{ count: number }[]>`
        select count(*)::int from run_steps where organization_id = ${organizationId} and fence > 0`;
      return row!.count;
    };
    await fresh.drain();
    equal(await touched(), 0);
    t.pass(30 * DAY_MS);
    await fresh.drain();
    const answered = await call("GET", `${BASE}/runs?status=completed`);
    const { items } = await answered.json();
    equal(items.length, 3);
    // The timers, and the step that came after each.
    equal(await touched(), 6);
    const [late] = await t.service.owner`
      select count(*)::int as count from run_history
      where organization_id = ${organizationId} and late_ms is not null`;
    equal(late!.count, 0);
    ok(await isByIndex(organizationId), "what is due is found without reading all that wait");
    await fresh.stop();
  });

  /** Whether Postgres looks for what is due in an index, under the role of the service. */
  async function isByIndex(organizationId: string): Promise<boolean> {
    await t.service.owner`analyze run_steps`;
    return await transaction(t.deps.sql, "system", async (tx) => {
      const plan = await tx`
        explain (format json) select id from run_steps
        where organization_id = ${organizationId} and state in ('ready', 'waiting')
          and due_at is not null and not is_held and due_at <= ${t.deps.now()}
        order by due_at limit 24`;
      return !JSON.stringify(plan).includes("Seq Scan");
    });
  }
});
