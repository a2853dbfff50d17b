/** Working hours and free times, also where the clock changes. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { describe, it } from "@std/testing/bdd";
import { Calendar, slotsOf, warningsOf } from "./model.ts";

const calendar = (given: Record<string, unknown>) =>
  Calendar.parse({ timeZone: "Europe/Paris", slotMinutes: 60, ...given });

type Given = Partial<Parameters<typeof slotsOf>[0]> & { calendar: Calendar };
const at = (text: string) => Date.parse(text);
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const week = span("2026-03-23T00:00:00Z", "2026-03-30T00:00:00Z");

const startsOf = (given: Given) =>
  slotsOf({
    zones: new Map(),
    holidays: [],
    absences: [],
    taken: [],
    range: week,
    durationMinutes: 60,
    ...given,
  }).map(({ startsAt }) => startsAt.slice(0, 16));

describe("slotsOf", () => {
  it("gives the same local time in winter and in summer", () => {
    const hours = [5, 1].map((weekday) => ({ weekday, from: "09:00", to: "10:00" }));
    const range = span("2026-03-27T00:00:00Z", "2026-03-31T00:00:00Z");
    deepEqual(startsOf({ calendar: calendar({ hours }), range }), [
      "2026-03-27T08:00",
      "2026-03-30T07:00",
    ]);
  });

  it("has no slot in the hour that the clock skips, and none lost around it", () => {
    const hours = [{ weekday: 7, from: "00:00", to: "05:00" }];
    const range = span("2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z");
    deepEqual(startsOf({ calendar: calendar({ hours }), range }), [
      "2026-03-28T23:00",
      "2026-03-29T00:00",
      "2026-03-29T01:00",
      "2026-03-29T02:00",
    ]);
    const skipped = [{ weekday: 7, from: "02:00", to: "03:00" }];
    deepEqual(startsOf({ calendar: calendar({ hours: skipped }), range }), []);
  });

  it("has an hour more on the day that has one more", () => {
    const hours = [{ weekday: 7, from: "00:00", to: "05:00" }];
    const range = span("2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z");
    equal(startsOf({ calendar: calendar({ hours }), range }).length, 6);
  });

  it("knows that a day ends at 24:00", () => {
    const hours = [{ weekday: 2, from: "22:00", to: "24:00" }];
    deepEqual(startsOf({ calendar: calendar({ hours }) }), [
      "2026-03-24T21:00",
      "2026-03-24T22:00",
    ]);
  });

  it("leaves out holidays, absences and what is taken, with buffers", () => {
    const hours = [{ weekday: 2, from: "09:00", to: "13:00" }];
    const free = ["08", "09", "10", "11"].map((hour) => `2026-03-24T${hour}:00`);
    deepEqual(startsOf({ calendar: calendar({ hours }) }), free);
    const holidays = [{ on: "2026-03-24", locationId: null }];
    deepEqual(startsOf({ calendar: calendar({ hours }), holidays }), []);
    const elsewhere = [{ on: "2026-03-24", locationId: newId() }];
    deepEqual(startsOf({ calendar: calendar({ hours }), holidays: elsewhere }), free);
    const busy = [span("2026-03-24T09:00:00Z", "2026-03-24T10:00:00Z")];
    deepEqual(startsOf({ calendar: calendar({ hours }), absences: busy }), [
      free[0],
      free[2],
      free[3],
    ]);
    deepEqual(startsOf({ calendar: calendar({ hours }), taken: busy }), [
      free[0],
      free[2],
      free[3],
    ]);
    const buffered = calendar({ hours, bufferAfterMinutes: 10 });
    deepEqual(startsOf({ calendar: buffered, taken: busy }), [free[2], free[3]]);
  });

  it("takes the time zone of the location, and leaves out its room when that is taken", () => {
    const room = newId();
    const hours = [{ weekday: 2, from: "09:00", to: "11:00", locationId: room }];
    const zones = new Map([[room, "America/New_York"]]);
    const given = { calendar: calendar({ hours }), zones };
    deepEqual(startsOf(given), ["2026-03-24T13:00", "2026-03-24T14:00"]);
    const taken = [{ ...span("2026-03-24T13:30:00Z", "2026-03-24T14:00:00Z"), room }];
    deepEqual(startsOf({ ...given, taken }), ["2026-03-24T14:00"]);
    deepEqual(startsOf({ ...given, locationId: newId() }), []);
  });

  it("offers nothing that does not fit, and respects from when to when hours hold", () => {
    const hours = [{ weekday: 2, from: "09:00", to: "10:30", validFrom: "2026-03-25" }];
    deepEqual(startsOf({ calendar: calendar({ hours }) }), []);
    const ending = [{ weekday: 2, from: "09:00", to: "10:30", validUntil: "2026-03-24" }];
    deepEqual(startsOf({ calendar: calendar({ hours: ending }) }), ["2026-03-24T08:00"]);
    deepEqual(startsOf({ calendar: calendar({ hours: ending }), durationMinutes: 91 }), []);
  });
});

describe("Calendar", () => {
  it("refuses what no clock shows", () => {
    const hours = (given: object) => ({
      hours: [{ weekday: 1, from: "09:00", to: "10:00", ...given }],
    });
    for (
      const bad of [
        { timeZone: "Europe/Atlantis" },
        { timeZone: "+01:00" },
        { slotMinutes: 0 },
        { bufferBeforeMinutes: -1 },
        hours({ weekday: 0 }),
        hours({ from: "9:00" }),
        hours({ from: "24:00" }),
        hours({ to: "09:00" }),
        hours({ validFrom: "2026-02-30" }),
      ]
    ) {
      equal(
        Calendar.safeParse({ timeZone: "Europe/Paris", ...bad }).success,
        false,
        JSON.stringify(bad),
      );
    }
  });
});

describe("warningsOf", () => {
  const facts = {
    calendar: calendar({ hours: [{ weekday: 2, from: "09:00", to: "12:00" }] }),
    zones: new Map<string, string>(),
    holidays: [],
    absences: [],
  };
  const range = span("2026-03-24T08:00:00Z", "2026-03-24T09:00:00Z");
  it("says what speaks against a time", () => {
    deepEqual(warningsOf({ ...facts, range }), []);
    const early = span("2026-03-24T07:30:00Z", "2026-03-24T08:30:00Z");
    deepEqual(warningsOf({ ...facts, range: early }), ["outside-working-hours"]);
    const holidays = [{ on: "2026-03-24", locationId: null }];
    deepEqual(warningsOf({ ...facts, range, holidays, absences: [early] }), ["holiday", "absent"]);
  });
});
