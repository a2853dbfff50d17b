/** Many runs become runs of another version, whoever dies meanwhile. Failure test 10. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { stringify } from "yaml";
import { openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";
import { startMover } from "./mover.ts";
import * as store from "./store.ts";

const BASE = "/api/workflow";
const PATH = `${BASE}/run-migrations`;
/** More than one page, and more than a preview lists. */
const MANY = 520;

describe("migrations of runs", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  const bodyOf = async (response: Promise<Response>, status: number) => {
    const answered = await response;
    const body = await answered.json();
    equal(answered.status, status, JSON.stringify(body));
    return body;
  };

  /** `count` runs of version 1 that wait at `old`, and a version 2 where that is `fresh`. */
  async function clinic(count: number) {
    const organizationId = newId();
    const people = [t.as(newId(), organizationId), t.as(newId(), organizationId)] as const;
    const [call] = people;
    async function publish(tasks: unknown) {
      const source = stringify({
        document: { dsl: "1.0.3", namespace: "clinic", name: "moving", version: "1.0.0" },
        evaluate: { language: "cel" },
        do: tasks,
      });
      const drafted = await bodyOf(call("POST", `${BASE}/definitions`, { body: { source } }), 201);
      const { key, version } = drafted.definition;
      await publishVersion(people, `${BASE}/definitions/${key}/versions/${version}`);
    }
    await publish([{ old: { wait: { hours: 1 } } }]);
    const body = { key: "moving", input: {} };
    const { id } = await bodyOf(call("POST", `${BASE}/runs`, { body }), 202);
    await t.runner.drain();
    await t.service.owner`
      with copied as (
        insert into runs (id, organization_id, definition_id, key, version, status, state,
                          started_by_kind, started_by_id, request_id, start_key, created_at)
        select gen_random_uuid(), organization_id, definition_id, key, version, status, state,
               started_by_kind, started_by_id, request_id, n::text, created_at
        from runs, generate_series(2, ${count}::int) n where id = ${id}
        returning id
      )
      insert into run_steps (id, run_id, organization_id, node, visit, kind, state, is_begun,
                             due_at, data)
      select gen_random_uuid(), c.id, s.organization_id, s.node, s.visit, s.kind, s.state,
             s.is_begun, s.due_at, s.data
      from run_steps s, copied c where s.run_id = ${id} and s.state = 'waiting'`;
    await publish([{ begin: { set: { x: 1 } } }, { fresh: { wait: { hours: 1 } } }]);
    const asked = { key: "moving", from: 1, to: 2, map: { "/do/0/old": "/do/1/fresh" } };
    return { organizationId, call, asked, runId: id as string };
  }
  const migrated = async (organizationId: string) => {
    const [row] = await t.service.owner<[{ told: number; runs: number }]>`
      select count(*)::int as told, count(distinct run_id)::int as runs from run_history
      where organization_id = ${organizationId} and event = 'migrated'`;
    return [row!.told, row!.runs];
  };

  it("go on where they were when whoever worked on them is gone, and move each once", async () => {
    const { organizationId, call, asked } = await clinic(MANY);
    const seen = await bodyOf(call("POST", `${PATH}/preview`, { body: asked }), 200);
    deepEqual([seen.runs, seen.missing, seen.affected.length], [MANY, [], 500]);
    const ordered = await bodyOf(call("POST", PATH, { body: asked }), 202);
    deepEqual([ordered.status, ordered.total, ordered.moved], ["running", MANY, 0]);
    const again = await bodyOf(call("POST", PATH, { body: asked }), 409);
    equal(again.type, "/problems/migration-running");
    const { sql, now, log } = t.deps;
    let calls = 0;
    const mortal = startMover({
      sql,
      log,
      isLooking: false,
      now: () => {
        if (++calls === 100) void mortal.stop();
        return now();
      },
    });
    await mortal.look();
    const half = await bodyOf(call("GET", `${PATH}/${ordered.id}`), 200);
    deepEqual([half.status, half.moved], ["running", 100]);
    // Its lease is not over: nobody else touches it.
    await t.mover.look();
    equal((await bodyOf(call("GET", `${PATH}/${ordered.id}`), 200)).moved, 100);
    await t.service.owner`update run_migrations set leased_until = now() where id = ${ordered.id}`;
    await t.mover.look();
    const done = await bodyOf(call("GET", `${PATH}/${ordered.id}`), 200);
    deepEqual([done.status, done.moved, done.leftBehind], ["completed", MANY, 0]);
    deepEqual(await migrated(organizationId), [MANY, MANY]);
    const [row] = await t.service.owner`
      select count(*)::int as here from runs r join run_steps s on s.run_id = r.id
      where r.organization_id = ${organizationId} and r.version = 2 and s.node = '/do/1/fresh'`;
    equal(row!.here, MANY);
    await bodyOf(call("POST", `${PATH}/${ordered.id}/cancel`), 409);
  });

  it("leave behind what has no place, and say so run by run", async () => {
    const { call, asked, runId, organizationId } = await clinic(4);
    const { map: _, ...unmapped } = asked;
    await bodyOf(call("POST", PATH, { body: unmapped }), 422);
    await bodyOf(call("POST", PATH, { body: { ...asked, to: 1 } }), 422);
    await bodyOf(call("POST", PATH, { body: { ...asked, to: 3 } }), 404);
    await t.service.owner`
      update run_steps set node = '/do/0/other' where run_id = ${runId} and state = 'waiting'`;
    const refused = await bodyOf(call("POST", PATH, { body: asked }), 422);
    equal(refused.type, "/problems/migration-map");
    const body = { ...asked, leaveBehind: true };
    const { id } = await bodyOf(call("POST", PATH, { body }), 202);
    await t.mover.look();
    const done = await bodyOf(call("GET", `${PATH}/${id}`), 200);
    deepEqual([done.status, done.moved, done.leftBehind], ["completed", 3, 1]);
    const { items } = await bodyOf(call("GET", `${PATH}/${id}/left-behind`), 200);
    deepEqual(
      items.map(({ at: _, ...one }: { at: string }) => one),
      [{ runId, reason: "no-place", nodes: ["/do/0/other"] }],
    );
    equal((await bodyOf(call("GET", `${BASE}/runs/${runId}`), 200)).version, 1);
    equal((await bodyOf(call("GET", PATH), 200)).items.length, 1);
    const count = async (organizationId: string) =>
      await read(t.deps.sql, { organizationId }, async (tx) => {
        const one = await tx`select 1 from run_migrations`;
        return one.length + (await tx`select 1 from run_migration_leftovers`).length;
      });
    ok(await count(organizationId) === 2);
    equal(await count(newId()), 0);
  });

  it("write nothing more once somebody else has them, or they are cancelled", async () => {
    const { call, asked, organizationId, runId } = await clinic(3);
    const { id } = await bodyOf(call("POST", PATH, { body: asked }), 202);
    const { sql } = t.deps;
    const claim = () => transaction(sql, "system", (tx) => store.claim(tx, 30));
    const slow = await claim();
    await t.service.owner`update run_migrations set leased_until = now() where id = ${id}`;
    const quick = await claim();
    deepEqual([slow!.id, quick!.id], [id, id]);
    const how = { runId, what: "moved", leaseSeconds: 30 } as const;
    const advance = (held: store.Held) =>
      transaction(sql, { organizationId }, (tx) => store.advance(tx, held, how));
    deepEqual([await advance(slow!), await advance(quick!)], [false, true]);
    equal((await bodyOf(call("POST", `${PATH}/${id}/cancel`), 200)).status, "cancelled");
    equal(await advance(quick!), false);
    await t.mover.look();
    deepEqual(await migrated(organizationId), [0, 0]);
  });
});
