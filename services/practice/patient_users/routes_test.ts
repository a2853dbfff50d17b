/** What a patient who signs in sees: their own, and no note of the clinic. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import {
  type Answer,
  APPOINTMENTS,
  openClinic,
  openPractice,
  PATIENTS,
  type TestPractice,
} from "../testing.ts";

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

  it("are told of when they are unlinked, once, so that what was released to them ends", async () => {
    const { call, patient, organizationId } = await openClinic(t);
    const userId = newId();
    const path = `${PATIENTS}/${patient.id}/users`;
    await t.post(call, path, { userId });
    equal((await call("DELETE", `${path}/${userId}`)).status, 204);
    equal((await call("DELETE", `${path}/${userId}`)).status, 404);
    const facts = await t.service.owner`
      select aggregate, event from outbox_events
      where organization_id = ${organizationId} and event ->> 'type' = 'patient.unlinked'`;
    deepEqual(
      facts.map(({ aggregate, event }) => [aggregate, event.dataversion, event.data]),
      [[patient.id, 1, { patientId: patient.id, userId }]],
    );
  });

  it("see what a merge brought them, and lose it with the merge", async () => {
    const { call, patient, booking, organizationId } = await openClinic(t);
    const userId = newId();
    const own = t.as({ userId, organizationId, permissions: [] });
    const twin = await t.post(call, PATIENTS, { name: { family: "Twin" } });
    await t.post(call, `${PATIENTS}/${twin.id}/users`, { userId });
    const theirs = await t.post(
      call,
      APPOINTMENTS,
      booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
    );
    const idsOfOwn = async () =>
      (await t.get(own, "/api/practice/me/appointments")).items.map(({ id }: Answer) => id);
    deepEqual(await idsOfOwn(), []);
    const merge = await t.post(call, "/api/practice/merges", {
      patientId: twin.id,
      intoPatientId: patient.id,
    });
    equal((await t.get(own, "/api/practice/me/patient")).id, patient.id);
    deepEqual(await idsOfOwn(), [theirs.id]);
    await t.post(call, `/api/practice/merges/${merge.id}/undo`, undefined);
    equal((await t.get(own, "/api/practice/me/patient")).id, twin.id);
    deepEqual(await idsOfOwn(), []);
  });

  it("reach nothing else: every other route wants a permission, which they have not", async () => {
    const { call, patient, organizationId } = await openClinic(t);
    const userId = newId();
    await t.post(call, `${PATIENTS}/${patient.id}/users`, { userId });
    const own = t.as({ userId, organizationId, permissions: [] });
    const { paths } = await (await t.app.request("/openapi.json")).json();
    const open: string[] = [];
    for (const [path, operations] of Object.entries<Record<string, Answer>>(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const access: string = operation["x-permission"];
        if (["service", "link", "public"].includes(access)) continue;
        const response = await own(method.toUpperCase(), path.replace(/\{\w+\}/g, patient.id));
        await response.body?.cancel();
        if (response.status !== 403) open.push(`${method} ${path}`);
      }
    }
    deepEqual(open.sort(), ["get /api/practice/me/appointments", "get /api/practice/me/patient"]);
  });

  it("leave a trace of what they read, as anybody does", async () => {
    const { call, patient, organizationId } = await openClinic(t);
    const userId = newId();
    await t.post(call, `${PATIENTS}/${patient.id}/users`, { userId });
    const own = t.as({ userId, organizationId, permissions: [] });
    await t.get(own, "/api/practice/me/patient");
    await t.get(own, "/api/practice/me/appointments");
    const trace = await t.service.owner`
      select action from audit_events
      where organization_id = ${organizationId} and actor_id = ${userId} order by seq`;
    equal(trace.length, 2);
  });
});
