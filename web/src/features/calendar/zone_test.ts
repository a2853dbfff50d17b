import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { addDays, dayOf, isDay, minuteOf, mondayOf, startOf } from "./zone.ts";

describe("days of a time zone", () => {
  it("are the zone's, not the browser's", () => {
    equal(dayOf("2026-01-05T23:30:00Z", "Europe/Paris"), "2026-01-06");
    equal(dayOf("2026-01-05T23:30:00Z", "America/New_York"), "2026-01-05");
    equal(minuteOf("2026-01-05T23:30:00Z", "Europe/Paris"), 30);
    equal(minuteOf("2026-07-05T07:15:00Z", "Europe/Paris"), 9 * 60 + 15);
  });

  const starts: [day: string, zone: string, at: string][] = [
    ["2026-01-05", "Europe/Paris", "2026-01-04T23:00:00.000Z"],
    ["2026-07-05", "Europe/Paris", "2026-07-04T22:00:00.000Z"],
    // The days on which the clock changes.
    ["2026-03-29", "Europe/Paris", "2026-03-28T23:00:00.000Z"],
    ["2026-03-30", "Europe/Paris", "2026-03-29T22:00:00.000Z"],
    ["2026-10-25", "Europe/Paris", "2026-10-24T22:00:00.000Z"],
    ["2026-10-26", "Europe/Paris", "2026-10-25T23:00:00.000Z"],
    ["2026-01-05", "Asia/Kolkata", "2026-01-04T18:30:00.000Z"],
    ["2026-01-05", "Pacific/Auckland", "2026-01-04T11:00:00.000Z"],
    ["2026-01-05", "UTC", "2026-01-05T00:00:00.000Z"],
  ];
  for (const [day, zone, at] of starts) {
    it(`${day} begins in ${zone} at ${at}`, () =>
      equal(new Date(startOf(day, zone)).toISOString(), at));
  }

  it("begin an hour late where midnight is skipped", () => {
    // Cairo, 24 April 2026: the clock goes from 0:00 to 1:00.
    const at = startOf("2026-04-24", "Africa/Cairo");
    deepEqual([dayOf(at, "Africa/Cairo"), dayOf(at - 1, "Africa/Cairo")], [
      "2026-04-24",
      "2026-04-23",
    ]);
  });

  it("make weeks from Monday on, over the ends of months and years", () => {
    equal(mondayOf("2026-01-04"), "2025-12-29");
    equal(mondayOf("2026-01-05"), "2026-01-05");
    equal(addDays("2024-02-28", 1), "2024-02-29");
    equal(addDays("2026-01-01", -1), "2025-12-31");
  });

  it("are told from what is none", () => {
    deepEqual(["2026-01-05", "2026-02-30", "2026-1-5", "x", 7, undefined].map(isDay), [
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
