/** What a patient who signs in sees: their own, and no note of the clinic. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { APPOINTMENTS, openClinic, openPractice, PATIENTS, type TestPractice } from "../testing.ts";

describe("patients who sign in", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  it("see their own from when they are linked until they are not", async () => {
    const { call, patient, booking, organizationId } = await openClinic(t);
    const userId = newId();
    const own = t.as({ userId, organizationId, permissions: [] });
    equal((await own("GET", "/api/practice/me/patient")).status, 404);
    equal((await own("GET", "/api/practice/me/appointments")).status, 404);
    equal((await own("GET", `${PATIENTS}/${patient.id}`)).status, 403);
    equal((await own("GET", `/fhir/R4/Patient/${patient.id}`)).status, 403);
    await t.post(call, `${PATIENTS}/${patient.id}/users`, { userId });
    equal(
      (await call("POST", `${PATIENTS}/${patient.id}/users`, { body: { userId } })).status,
      409,
    );
    await t.post(call, APPOINTMENTS, {
      ...booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
      reason: "a note of the clinic",
    });
    const stranger = await t.post(call, PATIENTS, { name: { family: "Stranger" } });
    await t.post(call, APPOINTMENTS, {
      ...booking("2026-01-06T09:00:00Z", "2026-01-06T09:30:00Z"),
      patientId: stranger.id,
    });
    const me = await t.get(own, "/api/practice/me/patient");
    deepEqual(Object.keys(me).toSorted(), [
      "addresses",
      "birthDate",
      "contacts",
      "id",
      "identifiers",
      "languages",
      "name",
      "sex",
    ]);
    equal(me.id, patient.id);
    const { items } = await t.get(own, "/api/practice/me/appointments");
    deepEqual(items.map((one: object) => Object.keys(one).toSorted()), [[
      "endsAt",
      "id",
      "locationId",
      "practitionerId",
      "startsAt",
      "status",
    ]]);
    const elsewhere = t.as({ userId, organizationId: newId(), permissions: [] });
    equal((await elsewhere("GET", "/api/practice/me/patient")).status, 404);
    equal((await call("DELETE", `${PATIENTS}/${patient.id}/users/${userId}`)).status, 204);
    equal((await own("GET", "/api/practice/me/patient")).status, 404);
  });
});
