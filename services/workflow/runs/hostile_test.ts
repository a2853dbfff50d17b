/** Definitions and operators that mean no good: stopped within bounds, and nothing is lost. */
import { deepEqual, equal, match } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { catalogue } from "../language/language.ts";
import { openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";

const BASE = "/api/workflow";
const ask = { call: "clinic.humanTask", with: { title: "Look", due: "PT1H" } };
const act = {
  name: "test.act",
  title: "Acts",
  permission: "workflows:author" as const,
  input: z.record(z.string(), z.unknown()),
  request: (body: unknown) => ({ service: "test", method: "POST" as const, path: "/", body }),
};

describe("runs of definitions that mean no good", () => {
  let t: TestWorkflow;
  /** What happens while a service is asked. */
  let whileAsked = () => Promise.resolve();
  before(async () => {
    t = await openWorkflow({
      functions: [...catalogue, act],
      ask: async () => {
        await whileAsked();
        return { kind: "done", result: { ok: true } };
      },
    });
  });
  after(() => t[Symbol.asyncDispose]());

  const bodyOf = async (response: Promise<Response>, status: number) => {
    const answered = await response;
    const body = await answered.json();
    equal(answered.status, status, JSON.stringify(body));
    return body;
  };

  function clinic() {
    const organizationId = newId();
    const [call, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    return {
      organizationId,
      call,
      async publish(name: string, tasks: unknown) {
        const source = JSON.stringify({
          document: { dsl: "1.0.3", namespace: "clinic", name, version: "1.0.0" },
          evaluate: { language: "cel" },
          do: tasks,
        });
        const body = { source };
        const { definition } = await bodyOf(call("POST", `${BASE}/definitions`, { body }), 201);
        const path = `${BASE}/definitions/${name}/versions/${definition.version}`;
        await publishVersion([call, approver], path);
      },
      async start(key: string, input: unknown = {}) {
        const { id } = await bodyOf(call("POST", `${BASE}/runs`, { body: { key, input } }), 202);
        await t.runner.drain();
        return id as string;
      },
      get: (id: string) => bodyOf(call("GET", `${BASE}/runs/${id}`), 200),
      order: (id: string, what: string, more: Record<string, unknown> = {}, status = 200) =>
        bodyOf(
          call("POST", `${BASE}/runs/${id}/${what}`, { body: { reason: "seen to", ...more } }),
          status,
        ),
    };
  }

  it("fail when an expression writes what cannot be kept (13)", async () => {
    const { publish, start, get } = clinic();
    await publish("nul", [{ one: { set: { x: '${ "\\u0000" }' } } }]);
    const { status, reason } = await get(await start("nul"));
    equal(status, "failed");
    match(reason, /cannot be kept/);
  });

  it("are put aside when their worker ends in them again and again (1)", async () => {
    const { organizationId, publish, get, start } = clinic();
    await publish("deadly", [{ one: { call: "test.act", with: {} } }]);
    const scope = { organizationId };
    // What a killed worker leaves behind: a lease that has run out.
    const die = async () => {
      await t.service.owner`
        update run_steps set leased_until = now() - interval '1 second', state = 'ready',
                             due_at = ${t.deps.now()}
        where organization_id = ${organizationId} and node = '/do/0/one'`;
      throw new Error("killed");
    };
    whileAsked = die;
    const id = await start("deadly");
    whileAsked = () => Promise.resolve();
    const { status, reason } = await get(id);
    equal(status, "failed");
    match(reason, /ended 5 times/);
    const [step] = await read(
      t.deps.sql,
      scope,
      (tx) => tx`select state, crashes from run_steps where run_id = ${id} and node = '/do/0/one'`,
    );
    deepEqual({ ...step }, { state: "quarantined", crashes: 5 });
  });

  it("cannot set going more than ten thousand others in an hour", async () => {
    const { organizationId, publish } = clinic();
    const again = {
      run: { workflow: { namespace: "clinic", name: "bomb", version: "latest" }, await: false },
    };
    await publish("bomb", [{ a: again }, { b: again }]);
    const scope = { organizationId };
    const count = async () => {
      const [row] = await read(t.deps.sql, scope, (tx) =>
        tx<{ count: number; refused: number }[]>`
          select (select count(*)::int from runs where key = 'bomb') as count,
                 (select count(*)::int from audit_events where action = 'run.not_started')
                   as refused`);
      return row!;
    };
    const body = { key: "bomb", input: {} };
    const call = t.as(newId(), organizationId);
    const { id } = await bodyOf(call("POST", `${BASE}/runs`, { body }), 202);
    // As if most of what follows from it had been started already.
    await t.service.owner`
      insert into runs (id, organization_id, definition_id, key, version, status, state,
                        started_by_kind, started_by_id, request_id, start_key, depth, created_at)
      select gen_random_uuid(), organization_id, definition_id, 'others', 1, 'completed', state,
             'run', id, request_id, 'n ' || n, 5, created_at
      from runs, generate_series(1, 10000) as n where id = ${id}`;
    await t.runner.drain();
    // The first two follow from a person's own run; none follows from them.
    deepEqual({ ...await count() }, { count: 3, refused: 4 });
  });

  it("stay suspended when a step is skipped, and take no output that does not fit", async () => {
    const { publish, start, get, order } = clinic();
    await publish("held", [{ one: { ...ask, output: { as: "${ output.data.x }" } } }, {
      two: ask,
    }]);
    const id = await start("held");
    const { id: stepId } = (await get(id)).steps[0];
    await order(id, "suspend");
    await order(id, "skip-step", { stepId, output: { y: 1 } }, 422);
    await order(id, "skip-step", { stepId, output: { data: { x: 1 } } });
    await t.runner.drain();
    equal((await get(id)).status, "suspended");
    await order(id, "resume");
    equal((await get(id)).status, "running");
  });

  it("are moved only to where they can go on (10)", async () => {
    const { publish, start, get, call } = clinic();
    await publish("moved", [{ a: { set: { x: 1 } } }, { b: ask }]);
    const [id, path] = [await start("moved"), `${BASE}/run-migrations`];
    const inner = [{ inner: ask }];
    await publish("moved", [{ a: ask }, { l: { for: { in: "${ [1] }" }, do: inner } }]);
    const body = { key: "moved", from: 1, to: 2 };
    const into = { ...body, map: { "/do/1/b": "/do/1/l/do/0/inner" } };
    await bodyOf(call("POST", path, { body: into }), 422);
    // The run has been at `/do/0/a` before, when that was something else.
    const back = { ...body, map: { "/do/1/b": "/do/0/a" } };
    await bodyOf(call("POST", path, { body: back }), 202);
    await t.mover.look();
    const { steps } = await get(id);
    deepEqual(
      steps.filter(({ state }: { state: string }) => state === "waiting")
        .map(({ node, visit }: { node: string; visit: number }) => [node, visit]),
      [["/do/0/a", 2]],
    );
  });
});
