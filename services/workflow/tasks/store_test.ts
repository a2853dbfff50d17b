/** What Postgres itself refuses when a query forgets whose rows it wants. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import type { Task } from "./model.ts";

describe("row-level security of tasks", () => {
  let t: TestWorkflow;
  const [clinic, rival] = [newId(), newId()];
  let task: Task;
  before(async () => {
    t = await openWorkflow();
    task = await t.openTask({ organizationId: clinic });
    await t.openTask({ organizationId: rival });
  });
  after(() => t[Symbol.asyncDispose]());

  const seenBy = async (scope: Parameters<typeof read>[1]) => {
    const { sql } = t.service.deps;
    return (await read(sql, scope, (tx) => tx`select id from tasks order by id`)).map(({ id }) =>
      id
    );
  };

  it("shows an organization only its own", async () => {
    deepEqual(await seenBy({ organizationId: clinic }), [task.id]);
    deepEqual(await seenBy({ organizationId: newId() }), []);
    deepEqual(await seenBy({ userId: newId() }), []);
    equal((await seenBy("system")).length, 2);
  });

  it("shows nothing to a statement outside any scope", async () => {
    deepEqual([...await t.service.deps.sql`select id from tasks`], []);
  });

  it("lets nobody change or make another's", async () => {
    const { sql } = t.service.deps;
    const { count } = await transaction(
      sql,
      { organizationId: rival },
      (tx) => tx`update tasks set comment = 'mine' where id = ${task.id}`,
    );
    equal(count, 0);
    await rejects(
      transaction(sql, { organizationId: rival }, (tx) =>
        tx`
          insert into tasks (id, organization_id, event_id, title, subject_type, subject_id,
                             candidate_permission, created_at, due_at)
          values (${newId()}, ${clinic}, ${newId()}, 't', 'document', 'd', 'tasks:work', now(),
                  now())`),
      { code: "42501" },
    );
  });

  it("lets the service's role neither remove a task nor rewrite what it is about", async () => {
    const { sql } = t.service.deps;
    const scope = { organizationId: clinic };
    const refused = { code: "42501" };
    await rejects(transaction(sql, scope, (tx) => tx`delete from tasks`), refused);
    await rejects(
      transaction(sql, scope, (tx) => tx`update tasks set subject_id = 'x'`),
      refused,
    );
  });

  it("keeps no task in a state that contradicts itself", async () => {
    const contradictions = [
      "state = 'claimed', claimed_by = null",
      "state = 'completed', completed_at = null",
      "state = 'open', completed_at = now()",
      "state = 'lost'",
    ];
    for (const values of contradictions) {
      await rejects(
        t.service.owner.unsafe(`update tasks set ${values} where id = '${task.id}'`),
        { code: "23514" },
        values,
      );
    }
  });
});
