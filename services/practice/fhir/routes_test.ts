/** FHIR R4 through HTTP: read and search. */
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

describe("FHIR R4", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  it("reads and searches all four types", async () => {
    const { call, patient, practitioner, booking } = await openClinic(t);
    const location = await t.post(call, "/api/practice/locations", {
      name: "50% Quay",
      timeZone: "Europe/Paris",
    });
    const appointment = await t.post(call, APPOINTMENTS, {
      ...booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
      locationId: location.id,
      reason: "Cough",
    });
    const response = await call("GET", `/fhir/R4/Patient/${patient.id}`);
    equal(response.headers.get("content-type"), "application/fhir+json");
    equal(response.headers.get("etag"), 'W/"1"');
    const resource = await response.json();
    deepEqual(
      [resource.name, resource.gender, resource.birthDate],
      [[{ use: "official", family: "Kuhlman", given: ["Brady"] }], "male", "1970-07-25"],
    );
    deepEqual((await t.get(call, `/fhir/R4/Appointment/${appointment.id}`)).participant, [
      {
        actor: { reference: `Patient/${patient.id}` },
        required: "required",
        status: "needs-action",
      },
      { actor: { reference: `Practitioner/${practitioner.id}` }, status: "accepted" },
      { actor: { reference: `Location/${location.id}` }, status: "accepted" },
    ]);
    const searches: Record<string, string> = {
      [`Patient?_id=${patient.id}`]: patient.id,
      "Patient?name=kuhl": patient.id,
      "Patient?family=Kuhlman&given=Brady&birthdate=eq1970-07-25": patient.id,
      "Patient?family=Brady": "",
      [`Patient?identifier=urn:mrn|${patient.identifiers[0].value}`]: patient.id,
      [`Patient?_id=${newId()}`]: "",
      "Practitioner?name=nov": practitioner.id,
      "Practitioner?name=%25": "",
      "Practitioner?identifier=7": "",
      "Location?name=50%25": location.id,
      "Location?name=quay": "",
      [`Appointment?patient=Patient/${patient.id}&date=ge2026-01-06&date=lt2026-01-07`]:
        appointment.id,
      "Appointment?date=2026-01-06&status=booked": appointment.id,
      "Appointment?date=2026-01-07": "",
      [`Appointment?practitioner=${newId()}`]: "",
    };
    for (const [search, expected] of Object.entries(searches)) {
      const bundle = await t.get(call, `/fhir/R4/${search}`);
      equal(bundle.type, "searchset", search);
      const ids = (bundle.entry ?? []).map((entry: Answer) => entry.resource.id);
      deepEqual(ids, expected === "" ? [] : [expected], search);
    }
    for (
      const bad of [
        "Patient?color=red",
        "Patient?birthdate=x",
        "Appointment?date=soon",
        "Appointment?date=2026-13-01",
        "Appointment?date=2026-02-30",
        "Appointment?status=odd",
        "Patient?_count=0",
        "Appointment?patient=7",
      ]
    ) {
      equal((await call("GET", `/fhir/R4/${bad}`)).status, 422, bad);
    }
  });

  it("goes on where a page ends", async () => {
    const { call } = await openClinic(t);
    for (const given of ["A", "B", "C"]) {
      await t.post(call, PATIENTS, { name: { family: "Page", given: [given] } });
    }
    const seen: string[] = [];
    let path: string | undefined = "/fhir/R4/Patient?family=page&_count=2";
    while (path) {
      const bundle: Answer = await t.get(call, path);
      seen.push(...bundle.entry.map((entry: Answer) => entry.resource.id));
      const next = bundle.link.find(({ relation }: Answer) => relation === "next");
      path = next && new URL(next.url).pathname + new URL(next.url).search;
    }
    equal(new Set(seen).size, 3);
  });
});
