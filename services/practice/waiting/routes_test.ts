/** The waiting list through HTTP. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import {
  type Answer,
  APPOINTMENTS,
  openClinic,
  openPractice,
  type TestPractice,
} from "../testing.ts";

const WAITING = "/api/practice/waiting-entries";

describe("the waiting list", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  it("says whom a time suits, and books for them", async () => {
    const { call, patient, practitioner, booking } = await openClinic(t);
    const join = (given: object) =>
      t.post(call, WAITING, {
        patientId: patient.id,
        durationMinutes: 30,
        earliestOn: "2026-01-06",
        latestOn: "2026-01-09",
        ...given,
      });
    const other = await t.post(call, "/api/practice/practitioners", { name: { family: "Other" } });
    const any = await join({ note: "Cough" });
    const his = await join({ practitionerId: practitioner.id });
    await join({ practitionerId: other.id });
    await join({ durationMinutes: 60 });
    await join({ earliestOn: "2026-02-01", latestOn: "2026-02-02" });
    equal((await t.get(call, WAITING)).items.length, 5);
    // Eleven at night in London is the next day in Paris.
    const time = { startsAt: "2026-01-05T23:30:00Z", endsAt: "2026-01-06T00:00:00Z" };
    const query = new URLSearchParams({ practitionerId: practitioner.id, ...time });
    const { items } = await t.get(call, `${WAITING}?${query}`);
    deepEqual(items.map(({ id }: Answer) => id), [any.id, his.id]);

    const body = { practitionerId: practitioner.id, ...time };
    const { entry, appointment } = await t.post(call, `${WAITING}/${any.id}/book`, body);
    deepEqual([entry.status, entry.appointmentId], ["booked", appointment.id]);
    equal(appointment.reason, "Cough");
    const path = `${WAITING}/${his.id}/book`;
    const taken = await call("POST", path, { body });
    equal((await taken.json()).type, "/problems/appointment-taken");
    equal((await t.get(call, WAITING)).items.length, 4);
    equal((await call("POST", `${WAITING}/${any.id}/book`, { body })).status, 409);
    equal((await t.post(call, `${WAITING}/${his.id}/withdraw`, undefined)).status, "withdrawn");
    equal((await call("POST", `${WAITING}/${his.id}/withdraw`)).status, 409);
    await t.post(call, APPOINTMENTS, booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"));
  });

  it("refuses what cannot be", async () => {
    const { call, patient, practitioner } = await openClinic(t);
    const good = {
      patientId: patient.id,
      durationMinutes: 30,
      earliestOn: "2026-01-06",
      latestOn: "2026-01-09",
    };
    const bad: [number, object][] = [
      [422, { ...good, latestOn: "2026-01-05" }],
      [422, { ...good, earliestOn: "2026-02-30" }],
      [422, { ...good, durationMinutes: 0 }],
      [404, { ...good, patientId: newId() }],
      [404, { ...good, practitionerId: newId() }],
    ];
    for (const [status, body] of bad) {
      equal((await call("POST", WAITING, { body })).status, status, JSON.stringify(body));
    }
    equal((await call("GET", `${WAITING}?startsAt=2026-01-06T00:00:00Z`)).status, 422);
    deepEqual((await t.get(call, WAITING)).items, []);

    const { id } = await t.post(call, WAITING, good);
    const startsAt = "2026-01-06T08:00:00Z";
    for (const endsAt of [startsAt, "2026-01-06T07:30:00Z", "2026-02-06T08:00:00Z"]) {
      const body = { practitionerId: practitioner.id, startsAt, endsAt };
      const refused = await call("POST", `${WAITING}/${id}/book`, { body });
      equal(refused.status, 422, endsAt);
      equal((await refused.json()).errors[0].pointer, "/endsAt");
    }
  });
});
