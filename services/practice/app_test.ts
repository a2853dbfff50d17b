/** Practice as a whole: its gates, its answers to bad input, its rows under row-level security. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { expectGates } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { createApp } from "./app.ts";
import {
  APPOINTMENTS,
  brady,
  openClinic,
  openPractice,
  paris,
  PATIENTS,
  type TestPractice,
} from "./testing.ts";

describe("practice", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  it("refuses on every route whom it must", async () => {
    const { call, patient, practitioner, booking } = await openClinic(t);
    const location = await t.post(call, "/api/practice/locations", {
      name: "Quay",
      timeZone: "Europe/Paris",
    });
    const appointment = await t.post(
      call,
      APPOINTMENTS,
      booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
    );
    const series = await t.post(call, "/api/practice/appointment-series", {
      patientId: patient.id,
      practitionerId: practitioner.id,
      startsOn: "2026-02-02",
      localTime: "09:00",
      durationMinutes: 30,
      count: 1,
    });
    const absence = await t.post(call, `/api/practice/practitioners/${practitioner.id}/absences`, {
      startsAt: "2026-01-07T00:00:00Z",
      endsAt: "2026-01-08T00:00:00Z",
    });
    const holiday = await t.post(call, "/api/practice/holidays", { on: "2026-12-25", name: "X" });
    const other = await t.post(call, PATIENTS, { name: { family: "Twice" } });
    const merge = await t.post(call, "/api/practice/merges", {
      patientId: other.id,
      intoPatientId: patient.id,
    });
    const entry = await t.post(call, "/api/practice/waiting-entries", {
      patientId: patient.id,
      durationMinutes: 15,
      earliestOn: "2026-01-06",
      latestOn: "2026-01-09",
    });
    const feed = await t.post(
      call,
      `/api/practice/practitioners/${practitioner.id}/feeds`,
      undefined,
    );
    const userId = newId();
    await t.post(call, `${PATIENTS}/${patient.id}/users`, { userId });
    const imported = await call("POST", "/api/practice/imports", {
      text: "family\nMuster\n",
      headers: { "content-type": "text/csv" },
    });
    const { id: importId } = await imported.json();
    const ids: [RegExp, Record<string, string>][] = [
      [/absences\/\{absenceId\}/, { id: practitioner.id, absenceId: absence.id }],
      [/users\/\{userId\}/, { id: patient.id, userId }],
      [/calendar-feeds\//, { id: feed.id }],
      [/merges\//, { id: merge.id }],
      [/waiting-entries\//, { id: entry.id }],
      [/imports\//, { id: importId }],
      [/practitioners\/|Practitioner\//, { id: practitioner.id }],
      [/patients\/|Patient\//, { id: patient.id }],
      [/locations\/|Location\//, { id: location.id }],
      [/appointments\/|Appointment\//, { id: appointment.id }],
      [/appointment-series\//, { id: series.id }],
      [/holidays\//, { id: holiday.id }],
      [/redrive$/, { id: newId() }],
    ];
    const bodies: [RegExp, unknown][] = [
      [/users$/, { userId: newId() }],
      [/waiting-entries.*book$/, {
        practitionerId: practitioner.id,
        startsAt: "2026-01-07T00:00:00Z",
        endsAt: "2026-01-07T01:00:00Z",
      }],
      [/^PUT .*patients/, brady],
      [/^PUT .*calendar$/, paris],
      [/^PUT .*practitioners/, { name: { family: "X" } }],
      [/^PUT .*locations/, { name: "X", timeZone: "UTC" }],
      [/absences$/, { startsAt: "2026-01-07T00:00:00Z", endsAt: "2026-01-08T00:00:00Z" }],
      [/move$/, { startsAt: "2026-01-07T00:00:00Z", endsAt: "2026-01-07T01:00:00Z" }],
      [/cancel$/, {}],
    ];
    const tried = await expectGates({
      app: t.app,
      service: t.service,
      foreign: (path) => ids.find(([pattern]) => pattern.test(path))?.[1],
      body: (method, path) => {
        if (method === "GET" || method === "DELETE") return undefined;
        const body = bodies.find(([pattern]) => pattern.test(`${method} ${path}`))?.[1];
        return body === undefined ? undefined : JSON.stringify(body);
      },
    });
    ok(tried >= 60, `${tried}`);
  });

  it("shows and gives an organization only its own rows, whatever a query forgets", async () => {
    const clinic = await openClinic(t);
    await t.post(
      clinic.call,
      APPOINTMENTS,
      clinic.booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
    );
    const { sql } = t.deps;
    const tables = await t.service.owner<{ name: string; rls: boolean }[]>`
      select c.relname as name, c.relrowsecurity as rls
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id'
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`;
    const all = await t.service.owner<{ name: string }[]>`
      select relname as name from pg_class where relkind = 'r'
        and relnamespace = 'public'::regnamespace`;
    deepEqual(tables.filter(({ rls }) => !rls), []);
    deepEqual(
      all.map(({ name }) => name).filter((name) => !tables.some((table) => table.name === name)),
      ["migrations"],
    );
    const count = (scope: Parameters<typeof read>[1], name: string) =>
      read(
        sql,
        scope,
        async (tx) => (await tx.unsafe(`select count(*)::int as n from ${name}`))[0]!.n,
      );
    for (const { name } of tables) {
      equal(await count({ organizationId: newId() }, name), 0, name);
      equal(await count({ userId: newId() }, name), 0, name);
    }
    for (const name of ["patients", "patient_names", "patient_identifiers", "appointments"]) {
      ok(await count({ organizationId: clinic.organizationId }, name) > 0, name);
    }
    const search = (organizationId: string) =>
      read(
        sql,
        { organizationId },
        (tx) => tx`select patient_id from search_patients('kuhlman', '{kuhlman}', null, 9)`,
      );
    equal((await search(newId())).length, 0);
    equal((await search(clinic.organizationId)).length, 1);
    const alike = (organizationId: string) =>
      read(
        sql,
        { organizationId },
        (tx) => tx`select patient_id from find_duplicate_candidates('{" kuhlman brady"}', null, 9)`,
      );
    equal((await alike(newId())).length, 0);
    equal((await alike(clinic.organizationId)).length, 1);
    const { count: changed } = await transaction(
      sql,
      { organizationId: newId() },
      (tx) => tx`update patients set sex = 'other' where id = ${clinic.patient.id}`,
    );
    equal(changed, 0);
  });

  it("says that it lives, and whether it can serve", async () => {
    equal((await t.app.request("/health")).status, 200);
    const app = createApp(t.deps, {
      identify: t.service.identify,
      ready: { postgres: () => Promise.reject(new Error("gone")) },
    });
    equal((await app.request("/ready")).status, 503);
  });

  it("keeps an audit chain that verifies", async () => {
    const { call } = await openClinic(t);
    await t.get(call, `${PATIENTS}?q=kuhlman`);
    const { ok: isWhole, checked } = await t.get(call, "/api/practice/audit-events/verify");
    equal(isWhole, true);
    equal(checked, 3);
  });
});
