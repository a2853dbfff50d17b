import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { type Appointment, daysOf, entriesOf, hoursOf, moveTo } from "./calendar.ts";
import { readCalendarSearch } from "./search.ts";

const at = (startsAt: string, endsAt: string) => ({ startsAt, endsAt, locationId: null });
const booked = (startsAt: string, endsAt: string) => at(startsAt, endsAt) as Appointment;
const told = (entries: ReturnType<typeof entriesOf>) =>
  entries.map(({ kind, from, to }) => `${kind} ${from}-${to}`);

describe("a move to a free time", () => {
  const time = { startsAt: "2026-01-05T08:00:00.000Z", endsAt: "2026-01-05T08:30:00.000Z" };

  it("goes to the location of the time, if it has one", () => {
    deepEqual(moveTo({ ...time, locationId: "here" }), { ...time, locationId: "here" });
    deepEqual(moveTo({ ...time, locationId: null }), time);
  });
});

describe("a day of a calendar", () => {
  it("has what is booked and what is free, in order, in the practitioner's zone", () => {
    const entries = entriesOf(
      "2026-01-05",
      "Europe/Paris",
      [
        booked("2026-01-05T08:30:00.000Z", "2026-01-05T09:00:00.000Z"),
        booked("2026-01-05T23:30:00.000Z", "2026-01-06T00:00:00.000Z"),
      ],
      [at("2026-01-05T08:00:00.000Z", "2026-01-05T08:30:00.000Z")],
    );
    deepEqual(told(entries), ["free 540-570", "booked 570-600"]);
  });

  it("offers free times that follow each other, of those that overlap the first", () => {
    const free = ["00", "15", "30", "45"].map((minute) =>
      at(
        `2026-01-05T08:${minute}:00.000Z`,
        `2026-01-05T0${minute < "30" ? 8 : 9}:${
          String((Number(minute) + 30) % 60).padStart(2, "0")
        }:00.000Z`,
      )
    );
    deepEqual(told(entriesOf("2026-01-05", "UTC", [], free)), ["free 480-510", "free 510-540"]);
  });

  it("ends at midnight, however long something takes", () => {
    const late = [booked("2026-01-05T23:00:00.000Z", "2026-01-06T02:00:00.000Z")];
    deepEqual(told(entriesOf("2026-01-05", "UTC", late, [])), ["booked 1380-1440"]);
  });

  it("is shown from its first hour to its last", () => {
    const one = entriesOf("2026-01-05", "UTC", [
      booked("2026-01-05T07:45:00.000Z", "2026-01-05T08:00:00.000Z"),
      booked("2026-01-05T17:10:00.000Z", "2026-01-05T17:20:00.000Z"),
    ], []);
    deepEqual(hoursOf([one, []]), { first: 7, last: 18 });
    deepEqual(hoursOf([[]]), { first: 8, last: 18 });
  });
});

describe("the address of a calendar", () => {
  it("keeps what is good and drops the rest", () => {
    const practitioner = "019b76da-a800-7000-8000-000000000001";
    deepEqual(
      readCalendarSearch({ practitioner, day: "2026-01-05", view: "day", minutes: "30", at: "x" }),
      { practitioner, day: "2026-01-05", view: "day", minutes: 30 },
    );
    deepEqual(
      readCalendarSearch({ practitioner: "1", day: "2026-02-30", view: "year", minutes: 7 }),
      {},
    );
  });

  it("shows a day, or its week from Monday on", () => {
    deepEqual(daysOf("2026-01-08", "day"), ["2026-01-08"]);
    const week = daysOf("2026-01-08", "week");
    equal(week.length, 7);
    deepEqual([week[0], week[6]], ["2026-01-05", "2026-01-11"]);
  });
});
