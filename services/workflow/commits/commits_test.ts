/** Transitions that are written together: each is written or not by itself. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { createCommitter, type Transition } from "./commits.ts";

describe("commits of runs", () => {
  let t: TestWorkflow;
  const organizationId = newId();
  const definitionId = newId();
  before(async () => {
    t = await openWorkflow();
    await t.service.owner`
      insert into definitions (id, organization_id, kind, key, version, title, document, source,
                               sha256, created_by, created_at)
      values (${definitionId}, ${organizationId}, 'workflow', 'k', 1, 'K', '{}', '', '',
              ${newId()}, now())`;
  });
  after(() => t[Symbol.asyncDispose]());

  const state = {
    input: {},
    context: {},
    outputs: {},
    visits: {},
    undo: [],
    isPastPivot: false,
    consumed: [],
  };

  /** A run with one step in somebody's hands, and a transition that ends the step. */
  async function runUnderWay(): Promise<Transition & { at: Date }> {
    const [id, stepId] = [newId(), newId()];
    const at = t.deps.now();
    await transaction(t.deps.sql, { organizationId }, async (tx) => {
      await tx`
        insert into runs (id, organization_id, definition_id, key, version, state,
                          started_by_kind, started_by_id, request_id, start_key, created_at)
        values (${id}, ${organizationId}, ${definitionId}, 'k', 1, ${tx.json(state)}, 'user',
                'x', 'x', ${id}, ${at})`;
      await tx`
        insert into run_steps (id, run_id, organization_id, node, visit, kind, state, due_at, fence)
        values (${stepId}, ${id}, ${organizationId}, '/do/0/a', 1, 'call', 'ready', ${at}, 1)`;
    });
    return {
      at,
      run: {
        id,
        organizationId,
        definitionId,
        key: "k",
        version: 1,
        status: "running",
        state,
        output: null,
        reason: null,
        subject: null,
        patientId: null,
        isShadow: false,
        startedBy: { kind: "user", id: "x" },
        requestId: "x",
        depth: 0,
        createdAt: at,
        revision: 0,
      },
      by: { id: stepId, fence: "1" },
      steps: [{
        id: stepId,
        parentId: null,
        node: "/do/0/a",
        visit: 1,
        kind: "call",
        state: "done",
        isUndo: false,
        dueAt: null,
        input: {},
        data: {},
        output: { ok: true },
        error: null,
        attempts: 0,
        crashes: 0,
        isBegun: true,
        eventTypes: [],
        eventSubject: null,
      }],
      history: [
        { stepId, node: "/do/0/a", event: "done", detail: null, lateMs: null },
        { stepId: null, node: null, event: "told", detail: null, lateMs: null },
      ],
      signals: [],
      nextId: undefined,
      leaseSeconds: 20,
      actorId: null,
      apply: () => Promise.resolve([]),
    };
  }

  const seen = (id: string) =>
    read(t.deps.sql, { organizationId }, async (tx) => {
      const steps = await tx`select state, output from run_steps where run_id = ${id}`;
      const history = await tx`select event from run_history where run_id = ${id} order by seq`;
      return [steps[0]!.state, steps[0]!.output, history.map(({ event }) => event).join()];
    });

  it("that come together are all there, in few transactions", async () => {
    let transactions = 0;
    const { sql } = t.deps;
    const counting = new Proxy(sql, {
      get: (target, name) => {
        if (name === "lease") transactions++;
        return Reflect.get(target, name);
      },
    });
    const commit = createCommitter({ sql: counting, now: t.deps.now });
    const all = await Promise.all(Array.from({ length: 24 }, runUnderWay));
    deepEqual(await Promise.all(all.map(commit)), all.map(() => true));
    equal(transactions <= 4, true, `${transactions} transactions`);
    for (const { run } of all) deepEqual(await seen(run.id), ["done", { ok: true }, "done,told"]);
  });

  it("that were overtaken are not written, and those beside them are", async () => {
    const commit = createCommitter({ sql: t.deps.sql, now: t.deps.now });
    const [fine, old, lost] = await Promise.all([runUnderWay(), runUnderWay(), runUnderWay()]);
    await t.service.owner`update runs set revision = 7 where id = ${old.run.id}`;
    await t.service.owner`update run_steps set fence = 2 where id = ${lost.by!.id}`;
    deepEqual(await Promise.all([fine, old, lost, fine].map(commit)), [true, false, false, false]);
    deepEqual(await seen(fine.run.id), ["done", { ok: true }, "done,told"]);
    for (const { run } of [old, lost]) deepEqual(await seen(run.id), ["ready", null, ""]);
  });

  it("that fail do so alone", async () => {
    const commit = createCommitter({ sql: t.deps.sql, now: t.deps.now });
    const [fine, broken] = await Promise.all([runUnderWay(), runUnderWay()]);
    const failing = { ...broken, apply: () => Promise.reject(new Error("no")) };
    const answers = await Promise.allSettled([commit(failing), commit(fine)]);
    deepEqual(answers.map(({ status }) => status), ["rejected", "fulfilled"]);
    deepEqual(await seen(fine.run.id), ["done", { ok: true }, "done,told"]);
    deepEqual(await seen(broken.run.id), ["ready", null, ""]);
    await rejects(commit(failing), /no/);
  });
});
