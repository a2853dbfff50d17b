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
  });
  after(() => t[Symbol.asyncDispose]());

  const ask = async (patientId: string, organizationId: string) =>
    await t.app.request(
      `/internal/patients/${patientId}/summary?${new URLSearchParams({
        organizationId,
        userId: newId(),
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
});
