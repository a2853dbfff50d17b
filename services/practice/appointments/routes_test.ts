/** Appointments through HTTP: nobody is ever booked twice. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import {
  type Answer,
  APPOINTMENTS,
  openClinic,
  openPractice,
  paris,
  PATIENTS,
  type TestPractice,
} from "../testing.ts";

const SLOTS = "/api/practice/slots";
const SERIES = "/api/practice/appointment-series";

describe("appointments", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  const refusal = async (response: Response) =>
    `${response.status} ${(await response.json()).type.replace("/problems/", "")}`;
  const nine = ["2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"] as const;
  const ten = ["2026-01-06T09:00:00Z", "2026-01-06T09:30:00Z"] as const;
  const factsOf = async (id: string) =>
    (await t.service.owner`select event from outbox_events where aggregate = ${id} order by seq`)
      .map(({ event }) => event.type);

  it("are booked, confirmed, moved, cancelled; each step told and recorded", async () => {
    const { call, booking, organizationId } = await openClinic(t);
    const response = await call("POST", APPOINTMENTS, { body: booking(...nine) });
    equal(response.status, 201);
    const booked = await response.json();
    deepEqual(booked.warnings, []);
    equal(booked.startsAt, "2026-01-06T08:00:00.000Z");
    const path = `${APPOINTMENTS}/${booked.id}`;
    const { warnings: _, ...same } = booked;
    deepEqual(await t.get(call, path), same);
    equal((await t.post(call, `${path}/confirm`, undefined)).status, "confirmed");
    equal((await t.post(call, `${path}/confirm`, undefined)).version, 2);
    const [startsAt, endsAt] = ten;
    const moved = await t.post(call, `${path}/move`, { startsAt, endsAt });
    deepEqual([moved.status, moved.startsAt], ["booked", "2026-01-06T09:00:00.000Z"]);
    equal((await t.post(call, APPOINTMENTS, booking(...nine))).status, "booked");
    equal((await t.post(call, `${path}/cancel`, { reason: "ill" })).cancellationReason, "ill");
    equal(await refusal(await call("POST", `${path}/arrive`)), "409 appointment-state");
    equal(
      await refusal(await call("POST", `${path}/move`, { body: { startsAt, endsAt } })),
      "409 appointment-state",
    );
    deepEqual(await factsOf(booked.id), [
      "appointment.booked",
      "appointment.confirmed",
      "appointment.moved",
      "appointment.cancelled",
    ]);
    const audit = await t.service.owner`
      select action from audit_events
      where organization_id = ${organizationId} and subject_id = ${booked.id} order by seq`;
    deepEqual(audit.map(({ action }) => action), [
      "appointment.booked",
      "appointment.read",
      "appointment.confirmed",
      "appointment.moved",
      "appointment.cancelled",
    ]);
  });

  it("are never two at once: of fifty at the same time one is booked", async () => {
    const { call, booking } = await openClinic(t);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => call("POST", APPOINTMENTS, { body: booking(...nine) })),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    deepEqual(statuses, [201, ...Array(49).fill(409)]);
    const { items } = await t.get(call, APPOINTMENTS);
    equal(items.length, 1);
  });

  it("are never two at once: fifty that overlap in pairs, moves among them", async () => {
    const { call, booking, practitioner } = await openClinic(t);
    const start = Date.parse("2026-01-07T08:00:00Z");
    const time = (n: number) => new Date(start + n * 15 * 60_000).toISOString();
    await Promise.all(
      Array.from(
        { length: 50 },
        (_, n) => call("POST", APPOINTMENTS, { body: booking(time(n), time(n + 2)) }),
      ),
    );
    const { items } = await t.get(
      call,
      `${APPOINTMENTS}?practitionerId=${practitioner.id}&limit=100`,
    );
    const [first, second] = items as [Answer, Answer];
    await Promise.all([first, second].map(({ id }) =>
      call("POST", `${APPOINTMENTS}/${id}/move`, {
        body: { startsAt: "2026-01-09T08:00:00Z", endsAt: "2026-01-09T09:00:00Z" },
      })
    ));
    const [overlaps] = await t.service.owner`
      select count(*)::int as n from appointments a join appointments b
        on a.practitioner_id = b.practitioner_id and a.id < b.id
        and a.occupies && b.occupies
      where a.practitioner_id = ${practitioner.id}`;
    equal(overlaps!.n, 0);
    equal(items.length > 0, true);
  });

  it("cannot be doubled in the database either, by whatever code", async () => {
    const { call, booking, organizationId } = await openClinic(t);
    const { id } = await t.post(call, APPOINTMENTS, booking(...nine));
    const copy = transaction(t.deps.sql, { organizationId }, (tx) =>
      tx`
      insert into appointments (id, organization_id, patient_id, practitioner_id, starts_at,
                                ends_at, occupies, is_room, created_at, updated_at)
      select ${newId()}, organization_id, patient_id, practitioner_id, starts_at, ends_at,
             occupies, is_room, created_at, updated_at from appointments where id = ${id}`);
    equal((await copy.catch((error) => error)).code, "23P01");
  });

  it("keep the buffers of their practitioner, and a room to themselves", async () => {
    const { call, booking, practitioner } = await openClinic(t);
    const calendar = await call("PUT", `/api/practice/practitioners/${practitioner.id}/calendar`, {
      body: { ...paris, bufferAfterMinutes: 10 },
      headers: { "if-match": '"1"' },
    });
    equal(calendar.status, 200);
    await t.post(call, APPOINTMENTS, booking(...nine));
    const tooSoon = booking("2026-01-06T08:35:00Z", "2026-01-06T08:50:00Z");
    equal(
      await refusal(await call("POST", APPOINTMENTS, { body: tooSoon })),
      "409 appointment-taken",
    );
    await t.post(call, APPOINTMENTS, booking("2026-01-06T08:40:00Z", "2026-01-06T08:50:00Z"));

    const room = await t.post(call, "/api/practice/locations", {
      name: "Room 1",
      timeZone: "Europe/Paris",
      isRoom: true,
    });
    const site = await t.post(call, "/api/practice/locations", {
      name: "Quay 1",
      timeZone: "Europe/Paris",
    });
    const other = await t.post(call, "/api/practice/practitioners", { name: { family: "Other" } });
    const at = (locationId: string, practitionerId = practitioner.id) => ({
      ...booking(...ten),
      practitionerId,
      locationId,
    });
    await t.post(call, APPOINTMENTS, at(room.id));
    const body = at(room.id, other.id);
    equal(await refusal(await call("POST", APPOINTMENTS, { body })), "409 appointment-taken");
    await t.post(call, APPOINTMENTS, at(site.id, other.id));
  });

  it("leave free slots, and none in the past", async () => {
    const { call, booking, practitioner } = await openClinic(t);
    const slots = async (from: string, to: string) => {
      const query = new URLSearchParams({
        practitionerId: practitioner.id,
        from,
        to,
        durationMinutes: "30",
      });
      return (await t.get(call, `${SLOTS}?${query}`)).items.map(({ startsAt }: Answer) => startsAt);
    };
    const [from, to] = ["2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z"];
    const before = await slots(from, to);
    equal(before.length, 16);
    await t.post(call, APPOINTMENTS, booking(...nine));
    deepEqual(await slots(from, to), before.slice(1));
    // It is noon on the fifth, one o'clock in Paris.
    equal((await slots("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z")).length, 8);
    await t.post(call, "/api/practice/holidays", { on: "2026-01-06", name: "Epiphany" });
    deepEqual(await slots(from, to), []);
    await t.post(call, `/api/practice/practitioners/${practitioner.id}/absences`, {
      startsAt: "2026-01-07T00:00:00Z",
      endsAt: "2026-01-08T00:00:00Z",
    });
    deepEqual(await slots("2026-01-07T00:00:00Z", "2026-01-08T00:00:00Z"), []);
    const booked = await t.post(
      call,
      APPOINTMENTS,
      booking("2026-01-07T08:00:00Z", "2026-01-07T08:30:00Z"),
    );
    deepEqual(booked.warnings, ["absent"]);
  });

  it("come in series at the same local time, all of it or nothing", async () => {
    const { call, patient, practitioner, booking } = await openClinic(t);
    const series = {
      patientId: patient.id,
      practitionerId: practitioner.id,
      startsOn: "2026-03-16",
      localTime: "09:00",
      durationMinutes: 30,
      count: 4,
    };
    const { id, appointments, timeZone } = await t.post(call, SERIES, series);
    equal(timeZone, "Europe/Paris");
    deepEqual(appointments.map(({ startsAt }: Answer) => startsAt), [
      "2026-03-16T08:00:00.000Z",
      "2026-03-23T08:00:00.000Z",
      "2026-03-30T07:00:00.000Z",
      "2026-04-06T07:00:00.000Z",
    ]);
    await t.post(call, APPOINTMENTS, booking("2026-03-31T07:10:00Z", "2026-03-31T07:20:00Z"));
    const clash = await call("POST", SERIES, { body: { ...series, startsOn: "2026-03-17" } });
    equal(clash.status, 409);
    deepEqual((await clash.json()).errors, [{
      pointer: "/occurrences/2",
      detail: "The time at 2026-03-31T07:00:00.000Z is taken.",
    }]);
    equal((await t.get(call, `${APPOINTMENTS}?limit=100`)).items.length, 5);
    const { items } = await t.post(call, `${SERIES}/${id}/cancel`, {});
    equal(items.length, 4);
    equal((await t.get(call, `${APPOINTMENTS}?seriesId=${id}&status=cancelled`)).items.length, 4);
  });

  it("are listed in order, filtered, a page at a time", async () => {
    const { call, patient, practitioner, booking } = await openClinic(t);
    const times = [
      "2026-01-08T08:00:00.000Z",
      "2026-01-07T08:00:00.000Z",
      "2026-01-06T08:00:00.000Z",
    ];
    for (const time of times) {
      await t.post(call, APPOINTMENTS, booking(time, time.replace(":00:00", ":30:00")));
    }
    const starts = async (query: string) =>
      (await t.get(call, `${APPOINTMENTS}?${query}`)).items.map(({ startsAt }: Answer) => startsAt);
    const inOrder = times.toSorted();
    deepEqual(await starts(`patientId=${patient.id}`), inOrder);
    deepEqual(
      await starts(`practitionerId=${practitioner.id}&from=2026-01-07T00:00:00Z`),
      inOrder.slice(1),
    );
    deepEqual(await starts("to=2026-01-07T08:00:00Z"), inOrder.slice(0, 1));
    deepEqual(await starts(`patientId=${newId()}`), []);
    const page = await t.get(call, `${APPOINTMENTS}?limit=2`);
    deepEqual(await starts(`limit=2&cursor=${page.nextCursor}`), inOrder.slice(2));
  });

  it("are refused with a reason when they cannot be", async () => {
    const { call, booking, patient, practitioner } = await openClinic(t);
    const rival = await openClinic(t);
    const book = (body: unknown) => call("POST", APPOINTMENTS, { body });
    const bad = [
      booking("2026-01-06T08:30:00Z", "2026-01-06T08:00:00Z"),
      booking("2026-01-06T08:00:00Z", "2026-01-06T08:00:00Z"),
      booking("2026-01-06T08:00:00Z", "2026-01-08T08:00:00Z"),
      booking("2026-02-30T08:00:00Z", "2026-02-30T09:00:00Z"),
      booking("2026-01-06", "2026-01-07"),
      booking("tomorrow", "later"),
      { ...booking(...nine), color: "red" },
      { patientId: patient.id },
      [],
    ];
    for (const body of bad) equal((await book(body)).status, 422, JSON.stringify(body));
    const foreign = [
      { ...booking(...nine), patientId: rival.patient.id },
      { ...booking(...nine), practitionerId: rival.practitioner.id },
      { ...booking(...nine), locationId: newId() },
    ];
    for (const body of foreign) equal((await book(body)).status, 404, JSON.stringify(body));
    const slots = `${SLOTS}?practitionerId=${practitioner.id}&from=2026-01-06T00:00:00Z&to=`;
    equal((await call("GET", `${slots}2026-03-06T00:00:00Z`)).status, 422);
    equal((await call("GET", `${slots}2026-01-01T00:00:00Z`)).status, 422);
    deepEqual((await t.get(call, APPOINTMENTS)).items, []);
    equal((await t.get(call, PATIENTS)).items.length, 1);
  });
});
