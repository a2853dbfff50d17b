/** What sagas order of communication: once for each key, and taken back as asked. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { documentCreated, openCommunication, type TestCommunication } from "../testing.ts";

describe("communication's part in sagas", () => {
  let t: TestCommunication;
  before(async () => {
    t = await openCommunication();
  });
  after(() => t[Symbol.asyncDispose]());

  async function order(path: string, key: string, body: unknown, from = "workflow") {
    const response = await t.app.request(`/internal${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { ...asService(from), "content-type": "application/json", "idempotency-key": key },
    });
    const text = await response.text();
    return response.status === 204 ? 204 : `${response.status} ${JSON.parse(text).type}`;
  }
  const titles = async (organizationId: string, userId: string) =>
    (await t.service.owner`
      select title from notifications
      where organization_id = ${organizationId} and user_id = ${userId} order by id`)
      .map(({ title }) => title);
  const unread = async (organizationId: string) => {
    const [row] = await t.service.owner`
      select count(*)::int as count from notifications
      where organization_id = ${organizationId} and read_at is null`;
    return row!.count;
  };

  it("tells a patient of a result once, in the clinic's name and without the result's", async () => {
    const patient = newId();
    const organizationId = t.addOrganization(patient);
    const prepared = newId();
    const clinic = `/organizations/${organizationId}`;
    equal(await order(`${clinic}/prepare`, prepared, { name: "Quay Clinic" }), 204);
    const told = { organizationId, documentId: newId(), userIds: [patient], eventId: newId() };
    const key = newId();
    equal(await order("/results/tell", key, told), 204);
    equal(await order("/results/tell", key, told), 204);
    deepEqual(await titles(organizationId, patient), ["Quay Clinic: a result is ready for you"]);
    equal(await order(`${clinic}/clear`, newId(), { undoOf: prepared }), 204);
    const again = { ...told, eventId: newId() };
    equal(await order("/results/tell", newId(), again), 204);
    deepEqual((await titles(organizationId, patient))[1], "A result is ready for you");
  });

  it("tells nobody who does not belong to the clinic, and takes orders from sagas only", async () => {
    const organizationId = t.addOrganization(newId());
    const stranger = newId();
    const told = { organizationId, documentId: newId(), userIds: [stranger], eventId: newId() };
    equal(await order("/results/tell", newId(), told), "409 /problems/recipient-unfit");
    equal(await order("/results/tell", newId(), told, "content"), "403 /problems/not-permitted");
    const nobody = { ...told, userIds: [] };
    equal(await order("/results/tell", newId(), nobody), "422 /problems/invalid-request");
    deepEqual(await titles(organizationId, stranger), []);
  });

  it("settles what a member has not read who leaves, and gives back just that", async () => {
    const member = newId();
    const organizationId = t.addOrganization(member);
    equal((await t.tell(documentCreated({ organizationId }))).status, 204);
    const who = { organizationId, userId: member };
    const key = newId();
    equal(await order("/members/leave", key, who), 204);
    equal(await unread(organizationId), 0);
    equal(await order("/members/return", newId(), { ...who, undoOf: key }), 204);
    equal(await order("/members/return", newId(), { ...who, undoOf: key }), 204);
    equal(await unread(organizationId), 1);
    // The order comes once more, from a worker that was slow.
    equal(await order("/members/leave", key, who), 204);
    equal(await unread(organizationId), 1);
  });

  it("shows no clinic to another organization, whatever the query says", async () => {
    const organizationId = newId();
    await order(`/organizations/${organizationId}/prepare`, newId(), { name: "Quay Clinic" });
    const count = (scope: string) =>
      read(
        t.deps.sql,
        { organizationId: scope },
        async (tx) =>
          (await tx`select 1 from clinics where organization_id = ${organizationId}`).length,
      );
    deepEqual([await count(organizationId), await count(newId())], [1, 0]);
  });
});
