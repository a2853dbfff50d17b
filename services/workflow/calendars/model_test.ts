/** Clinic hours across nights, holidays and changes of the clock. Failure test 6. */
import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { addOpenTime, type Calendar, CalendarInput, weekdays } from "./model.ts";

const HOUR_MS = 3_600_000;
const berlin = (more: Partial<Calendar> = {}): Calendar => ({
  timeZone: "Europe/Berlin",
  hours: Object.fromEntries(
    weekdays.slice(0, 5).map((day) => [day, [["08:00", "12:00"], ["13:00", "17:00"]]]),
  ) as Calendar["hours"],
  holidays: [],
  ...more,
});
const add = (calendar: Calendar, from: string, hours: number) =>
  addOpenTime(calendar, new Date(from), hours * HOUR_MS)?.toISOString();

describe("opening time", () => {
  it("passes over lunch, nights, weekends and holidays (6)", () => {
    // A Friday in winter: Berlin is one hour ahead of UTC.
    equal(add(berlin(), "2026-01-09T10:30:00Z", 1), "2026-01-09T12:30:00.000Z");
    equal(add(berlin(), "2026-01-09T15:30:00Z", 1), "2026-01-12T07:30:00.000Z");
    const holiday = berlin({ holidays: ["2026-01-12"] });
    equal(add(holiday, "2026-01-09T15:30:00Z", 1), "2026-01-13T07:30:00.000Z");
    equal(add(berlin(), "2026-01-10T00:00:00Z", 0), "2026-01-12T07:00:00.000Z");
  });

  it("follows the clinic's clock when it changes (6)", () => {
    // The clock goes forward in the night of 29 March 2026: eight in Berlin is six in UTC then.
    equal(add(berlin(), "2026-03-27T15:30:00Z", 1), "2026-03-30T06:30:00.000Z");
    const nights = berlin({ hours: { sun: [["00:00", "06:00"]] } });
    // From two to three nobody is there, for that hour does not exist.
    equal(add(nights, "2026-03-28T12:00:00Z", 4), "2026-03-29T03:00:00.000Z");
  });

  it("says when there is none", () => {
    equal(add(berlin({ hours: {} }), "2026-01-09T10:30:00Z", 1), undefined);
  });

  it("refuses hours that make no sense", () => {
    const refused = (calendar: unknown) => equal(CalendarInput.safeParse(calendar).success, false);
    refused({ ...berlin(), timeZone: "Mars/Olympus" });
    refused({ ...berlin(), hours: { mon: [["12:00", "08:00"]] } });
    refused({ ...berlin(), hours: { mon: [["08:00", "12:00"], ["11:00", "13:00"]] } });
    refused({ ...berlin(), holidays: ["2026-02-30"] });
  });
});
