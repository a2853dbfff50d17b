/** What workflow says of a patient for a chart. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { openWorkflow, type TestWorkflow } from "../testing.ts";

describe("summaries of workflow", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
    // The reader works tasks, and supervises nobody.
    t.deps.identity = {
      listMembers: (_, permission) => Promise.resolve(permission === "tasks:work" ? [reader] : []),
    };
  });
  after(() => t[Symbol.asyncDispose]());

  const reader = newId();
  const ask = async (patientId: string, organizationId: string, userId = reader) =>
    await t.app.request(
      `/internal/patients/${patientId}/summary?${new URLSearchParams({
        organizationId,
        userId,
      })}`,
      { headers: asService("practice") },
    );

  it("are the tasks of the patient that are not done", async () => {
    const [organizationId, patientId] = [newId(), newId()];
    const open = await t.openTask({ organizationId, patientId, title: "Sugar" });
    const claimed = await t.openTask({ organizationId, patientId });
    const ended = await t.openTask({ organizationId, patientId });
    await t.openTask({ organizationId, patientId: newId() });
    const call = t.as(newId(), organizationId);
    equal((await call("POST", `/api/workflow/tasks/${claimed.id}/claim`)).status, 200);
    const done = await call("POST", `/api/workflow/tasks/${ended.id}/complete`, { body: {} });
    equal(done.status, 200);
    const { tasks } = await (await ask(patientId, organizationId)).json();
    deepEqual(tasks, [
      { id: open.id, title: "Review: Sugar", state: "open", dueAt: open.dueAt },
      { id: claimed.id, title: claimed.title, state: "claimed", dueAt: claimed.dueAt },
    ]);
    const audit = await t.service.owner`
      select details from audit_events
      where organization_id = ${organizationId} and action = 'patient.summarized'`;
    deepEqual(audit.map(({ details }) => details.tasks), [2]);
    deepEqual(await (await ask(patientId, newId())).json(), { tasks: [], pathways: [] });
  });

  it("hold no task that is not in the reader's own list", async () => {
    const [organizationId, patientId] = [newId(), newId()];
    const task = await t.openTask({ organizationId, patientId });
    const titlesFor = async (userId: string) =>
      (await (await ask(patientId, organizationId, userId)).json()).tasks.length;
    equal(await titlesFor(newId()), 0);
    const call = t.as(newId(), organizationId);
    const put = (members: string[]) =>
      call("PUT", "/api/workflow/task-pools?name=nurses", { body: { members } });
    equal((await put([newId()])).status, 200);
    await t.service.owner`update tasks set pools = '{nurses}' where id = ${task.id}`;
    equal(await titlesFor(reader), 0);
    equal((await put([reader])).status, 200);
    equal(await titlesFor(reader), 1);
  });
});
