/** Enrolments that nobody has ended: their run has, or the patient has died. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { NOON, openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";

const BASE = "/api/workflow";

const plan = {
  resourceType: "PlanDefinition",
  name: "short",
  status: "active",
  action: [{ id: "look", title: "Look" }, { id: "ask", title: "Ask" }],
};

describe("ends of enrolments", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  async function enrolled() {
    const organizationId = newId();
    const [call, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const bodyOf = async (response: Promise<Response>) => await (await response).json();
    await bodyOf(call("POST", `${BASE}/pathways`, { body: { plan } }));
    const path = `${BASE}/definitions/short/versions/1`;
    await publishVersion([call, approver], path);
    const patientId = newId();
    const body = { key: "short", patientId, resources: [{ resourceType: "Patient" }] };
    const { id, runId } = await bodyOf(call("POST", `${BASE}/enrolments`, { body }));
    await t.runner.drain();
    return {
      organizationId,
      patientId,
      call,
      id,
      runId,
      stateOf: async () => {
        const { status, reason } = await bodyOf(call("GET", `${BASE}/enrolments/${id}`));
        return [status, reason];
      },
      graph: () => bodyOf(call("GET", `${BASE}/enrolments/${id}/graph`)),
      tasks: async () =>
        (await bodyOf(call("GET", `${BASE}/tasks?patientId=${patientId}`))).items as {
          id: string;
          title: string;
          state: string;
        }[],
      runStatus: async () => (await bodyOf(call("GET", `${BASE}/runs/${runId}`))).status,
    };
  }

  const changed = (organizationId: string, patientId: string, isDeceased: boolean) => ({
    specversion: "1.0",
    id: newId(),
    source: "/practice",
    type: "patient.changed",
    subject: patientId,
    time: NOON.toISOString(),
    datacontenttype: "application/json",
    dataversion: 1,
    organizationid: organizationId,
    data: { patientId, version: 2, isDeceased },
  });

  it("come with the last step, and are drawn as done", async () => {
    const { call, id, stateOf, graph, tasks } = await enrolled();
    for (const task of await tasks()) {
      equal((await call("POST", `${BASE}/tasks/${task.id}/complete`, { body: {} })).status, 200);
    }
    await t.runner.drain();
    deepEqual(await stateOf(), ["completed", null]);
    const { nodes, edges } = await graph();
    deepEqual(nodes.map(({ id, state }: { id: string; state: string }) => [id, state]), [
      ["look", "done"],
      ["ask", "done"],
    ]);
    deepEqual(edges, []);
    equal(
      (await call("POST", `${BASE}/enrolments/${id}/hold`, { body: { reason: "x" } })).status,
      409,
    );
  });

  it("come with the death of the patient: timers and tasks end, the history stays (26)", async () => {
    const { organizationId, patientId, stateOf, tasks, runStatus } = await enrolled();
    const other = await enrolled();
    const tell = (isDeceased: boolean) =>
      t.tell(changed(organizationId, patientId, isDeceased), "practice");
    equal((await tell(false)).status, 204);
    await t.runner.drain();
    deepEqual(await stateOf(), ["active", null]);
    equal((await tell(true)).status, 204);
    equal((await tell(true)).status, 204);
    await t.runner.drain();
    deepEqual(await stateOf(), ["withdrawn", "The patient has died."]);
    deepEqual((await tasks()).map(({ state }) => state), ["cancelled", "cancelled"]);
    equal(await runStatus(), "cancelled");
    deepEqual(await other.stateOf(), ["active", null]);
    const audit = await t.service.owner`
      select count(*)::int as count from audit_events
      where organization_id = ${organizationId} and action = 'enrolment.ended'`;
    equal(audit[0]!.count, 1);
  });

  it("come with an operator's word about the run", async () => {
    const { call, runId, stateOf } = await enrolled();
    const body = { reason: "Started by mistake" };
    equal((await call("POST", `${BASE}/runs/${runId}/cancel`, { body })).status, 200);
    deepEqual(await stateOf(), ["withdrawn", "Started by mistake"]);
  });

  it("take the run along when both are changed at once, or neither is (2)", async () => {
    const { call, id, runId, stateOf, runStatus } = await enrolled();
    const move = (what: string) =>
      call("POST", `${BASE}/enrolments/${id}/${what}`, { body: { reason: "Moves away" } });
    const answers = await Promise.all([
      move("transfer"),
      call("POST", `${BASE}/runs/${runId}/suspend`, { body: { reason: "Wait" } }),
      move("hold"),
      move("withdraw"),
    ]);
    for (const { status } of answers) equal(status === 200 || status === 409, true, `${status}`);
    await t.runner.drain();
    // Whoever came first has ended it: the enrolment and its run say the same.
    equal(["transferred", "withdrawn"].includes((await stateOf())[0]), true);
    equal(await runStatus(), "cancelled");
    equal((await move("resume")).status, 409);
  });
});
