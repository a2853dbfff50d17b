/** Which users a patient is: for services only, within one organization. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { openClinic, openPractice, PATIENTS, type TestPractice } from "../testing.ts";

describe("practice's part in sagas", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  it("says which users a patient is, and nothing of another organization's", async () => {
    const { call, patient, organizationId } = await openClinic(t);
    const ask = async (scope: string) =>
      await t.app.request(`/internal/patients/${patient.id}/users?organizationId=${scope}`, {
        headers: asService("workflow"),
      });
    equal((await ask(organizationId)).status, 404);
    const userId = newId();
    await t.post(call, `${PATIENTS}/${patient.id}/users`, { userId });
    deepEqual(await (await ask(organizationId)).json(), { userIds: [userId] });
    equal((await ask(newId())).status, 404);
    equal((await ask("x")).status, 422);
  });
});
