/** Merges through HTTP: everything changes hands, and exactly that changes back. */
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

const MERGES = "/api/practice/merges";

describe("merges", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  /** Everything that is kept of patients, as it stands in the tables. */
  const rowsOf = async (organizationId: string) => {
    const { owner } = t.service;
    const rows = [
      await owner`
        select id, status, merged_into, birth_date, sex, demographics from patients
        where organization_id = ${organizationId} order by id`,
      await owner`
        select patient_id, system, value, type from patient_identifiers
        where organization_id = ${organizationId} order by system, value`,
      await owner`
        select patient_id, key from patient_names
        where organization_id = ${organizationId} order by patient_id, key`,
      await owner`
        select id, patient_id, status, version from appointments
        where organization_id = ${organizationId} order by id`,
      await owner`
        select id, patient_id from waiting_entries
        where organization_id = ${organizationId} order by id`,
      await owner`
        select user_id, patient_id from patient_users
        where organization_id = ${organizationId} order by user_id`,
    ];
    return JSON.parse(JSON.stringify(rows));
  };
  const refusal = async (response: Response) =>
    `${response.status} ${(await response.json()).type.replace("/problems/", "")}`;

  async function openTwins() {
    const clinic = await openClinic(t);
    const { call, patient, booking, organizationId } = clinic;
    const twin = await t.post(call, PATIENTS, {
      name: { family: "Twinname", given: ["B."] },
      identifiers: [{ system: "urn:mrn", value: `T${newId()}`, type: "MR" }],
    });
    const mine = await t.post(
      call,
      APPOINTMENTS,
      booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
    );
    const theirs = await t.post(call, APPOINTMENTS, {
      ...booking("2026-01-06T09:00:00Z", "2026-01-06T09:30:00Z"),
      patientId: twin.id,
    });
    await t.post(call, "/api/practice/waiting-entries", {
      patientId: twin.id,
      durationMinutes: 15,
      earliestOn: "2026-01-06",
      latestOn: "2026-01-09",
    });
    await t.post(call, `${PATIENTS}/${twin.id}/users`, { userId: newId() });
    return { ...clinic, twin, mine, theirs, organizationId, patient };
  }

  it("hand everything over, tell of it, and are undone to the last row", async () => {
    const { call, organizationId, patient, twin, mine, theirs } = await openTwins();
    const before = await rowsOf(organizationId);
    const merge = await t.post(call, MERGES, { patientId: twin.id, intoPatientId: patient.id });
    deepEqual(merge.moved.appointmentIds, [theirs.id]);
    const merged = await t.get(call, `${PATIENTS}/${twin.id}`);
    deepEqual([merged.status, merged.mergedInto], ["merged", patient.id]);
    deepEqual(merged.identifiers, []);
    const survivor = await t.get(call, `${PATIENTS}/${patient.id}`);
    equal(survivor.identifiers.length, 2);
    const { items } = await t.get(call, `${APPOINTMENTS}?patientId=${patient.id}`);
    deepEqual(items.map(({ id }: Answer) => id), [mine.id, theirs.id]);
    const { items: found } = await t.get(
      call,
      `${PATIENTS}?identifier=${twin.identifiers[0].value}`,
    );
    deepEqual(found.map(({ id }: Answer) => id), [patient.id]);
    const { items: renamed } = await t.get(call, `${PATIENTS}?q=twinname`);
    deepEqual(renamed.map(({ id }: Answer) => id), [patient.id]);
    const resource = await t.get(call, `/fhir/R4/Patient/${twin.id}`);
    equal(resource.active, false);
    deepEqual(resource.link, [
      { other: { reference: `Patient/${patient.id}` }, type: "replaced-by" },
    ]);

    const undone = await t.post(call, `${MERGES}/${merge.id}/undo`, undefined);
    equal(undone.undoneAt, "2026-01-05T12:00:00.000Z");
    deepEqual(await rowsOf(organizationId), before);
    equal(await refusal(await call("POST", `${MERGES}/${merge.id}/undo`)), "409 merge-undone");
    const facts = await t.service.owner`
      select event from outbox_events
      where organization_id = ${organizationId} and event ->> 'type' like 'patient.%merged'
      order by seq`;
    const data = { mergeId: merge.id, patientId: twin.id, intoPatientId: patient.id };
    deepEqual(facts.map(({ event }) => [event.type, event.data]), [
      ["patient.merged", data],
      ["patient.unmerged", data],
    ]);
    equal((await t.get(call, MERGES)).items.length, 1);
  });

  it("leave with who took over what came after", async () => {
    const { call, patient, twin, booking } = await openTwins();
    const merge = await t.post(call, MERGES, { patientId: twin.id, intoPatientId: patient.id });
    const later = await t.post(
      call,
      APPOINTMENTS,
      booking("2026-01-07T08:00:00Z", "2026-01-07T08:30:00Z"),
    );
    await t.post(call, `${MERGES}/${merge.id}/undo`, undefined);
    equal((await t.get(call, `${APPOINTMENTS}/${later.id}`)).patientId, patient.id);
  });

  it("give an identifier back that was taken from who took over", async () => {
    const { call, patient, twin } = await openTwins();
    const merge = await t.post(call, MERGES, { patientId: twin.id, intoPatientId: patient.id });
    const { version } = await t.get(call, `${PATIENTS}/${patient.id}`);
    const body = { name: patient.name, identifiers: [] };
    const headers = { "if-match": `"${version}"` };
    equal((await call("PUT", `${PATIENTS}/${patient.id}`, { body, headers })).status, 200);
    await t.post(call, `${MERGES}/${merge.id}/undo`, undefined);
    deepEqual((await t.get(call, `${PATIENTS}/${twin.id}`)).identifiers, twin.identifiers);
  });

  it("stop what would go to somebody who is no longer there", async () => {
    const { call, patient, twin, booking } = await openTwins();
    const third = await t.post(call, PATIENTS, { name: { family: "Third" } });
    const first = await t.post(call, MERGES, { patientId: twin.id, intoPatientId: patient.id });
    const again = { patientId: twin.id, intoPatientId: patient.id };
    equal(await refusal(await call("POST", MERGES, { body: again })), "409 patient-merged");
    const body = { ...booking("2026-01-07T08:00:00Z", "2026-01-07T08:30:00Z"), patientId: twin.id };
    equal(await refusal(await call("POST", APPOINTMENTS, { body })), "409 patient-merged");
    const headers = { "if-match": "*" };
    const change = call("PUT", `${PATIENTS}/${twin.id}`, {
      body: { name: { family: "X" } },
      headers,
    });
    equal(await refusal(await change), "409 patient-merged");
    const second = await t.post(call, MERGES, { patientId: patient.id, intoPatientId: third.id });
    equal(await refusal(await call("POST", `${MERGES}/${first.id}/undo`)), "409 merge-overtaken");
    await t.post(call, `${MERGES}/${second.id}/undo`, undefined);
    await t.post(call, `${MERGES}/${first.id}/undo`, undefined);
  });

  it("are refused with oneself, with a stranger, and twice at once", async () => {
    const { call, patient, twin } = await openTwins();
    const rival = await openTwins();
    const merge = (patientId: string, intoPatientId: string) =>
      call("POST", MERGES, { body: { patientId, intoPatientId } });
    equal(await refusal(await merge(patient.id, patient.id)), "422 merge-with-itself");
    equal(await refusal(await merge(patient.id, rival.patient.id)), "404 patient-not-found");
    equal(await refusal(await merge(rival.patient.id, patient.id)), "404 patient-not-found");
    const both = await Promise.all([merge(patient.id, twin.id), merge(twin.id, patient.id)]);
    deepEqual(both.map(({ status }) => status).toSorted(), [201, 409]);
  });
});
