/** What services may ask and order of practice, each within one organization. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { asService } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { APPOINTMENTS, openClinic, openPractice, PATIENTS, type TestPractice } from "../testing.ts";

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

  it("says who a patient is to workflow only, on record, and nothing of another organization's", async () => {
    const { patient, organizationId } = await openClinic(t);
    const ask = async (scope: string, from = "workflow") =>
      await t.app.request(`/internal/patients/${patient.id}/identity?organizationId=${scope}`, {
        headers: asService(from),
      });
    const answer = await ask(organizationId);
    equal(answer.status, 200);
    equal((await answer.json()).id, patient.id);
    equal((await ask(organizationId, "content")).status, 403);
    equal((await ask(newId())).status, 404);
    const audit = await t.service.owner`
      select subject_id from audit_events
      where organization_id = ${organizationId} and action = 'patient.read'
        and subject_id = ${patient.id}`;
    equal(audit.length, 1);
  });

  it("books for a run once for each key, and calls off again what it booked", async () => {
    const { call, booking, organizationId } = await openClinic(t);
    const order = async (path: string, key: string, body: unknown, from = "workflow") => {
      const response = await t.app.request(`/internal/appointments${path}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { ...asService(from), "content-type": "application/json", "idempotency-key": key },
      });
      const text = await response.text();
      return { status: response.status, ...(text === "" ? {} : JSON.parse(text)) };
    };
    const nine = ["2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"] as const;
    const wanted = { organizationId, appointment: booking(...nine) };
    const key = newId();
    equal((await order("", newId(), wanted, "content")).status, 403);
    const booked = await order("", key, wanted);
    equal(booked.status, 200, JSON.stringify(booked));
    equal((await order("", key, wanted)).appointmentId, booked.appointmentId);
    equal((await order("", newId(), wanted)).type, "/problems/appointment-taken");
    equal((await order("", newId(), { ...wanted, organizationId: newId() })).status, 404);
    const stateOf = async () =>
      (await t.get(call, `${APPOINTMENTS}/${booked.appointmentId}`)).status;
    equal(await stateOf(), "booked");
    equal((await order("/undo", newId(), { organizationId, undoOf: key })).status, 204);
    equal(await stateOf(), "cancelled");
    // An order that is undone before it arrives finds its key spent.
    const late = newId();
    equal((await order("/undo", newId(), { organizationId, undoOf: late })).status, 204);
    await order("", late, wanted);
    equal((await order("", newId(), wanted)).status, 200);
  });
});
