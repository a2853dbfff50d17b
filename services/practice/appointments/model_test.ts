/** Which step may follow which, and when a series takes place. */
import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { after, isMovable, occurrencesOf, statuses, steps } from "./model.ts";

describe("steps", () => {
  it("lead where they should, and nowhere else", () => {
    const possible = statuses.map((status) =>
      [status, ...steps.flatMap((step) => after(status, step) ?? [])].join(" ")
    );
    deepEqual(possible, [
      "booked confirmed arrived cancelled missed",
      "confirmed arrived cancelled missed",
      "arrived fulfilled cancelled",
      "fulfilled",
      "cancelled",
      "missed",
    ]);
    deepEqual(statuses.filter(isMovable), ["booked", "confirmed"]);
  });
});

describe("occurrencesOf", () => {
  const weekly = (startsOn: string, localTime: string, count: number) =>
    occurrencesOf(
      { startsOn, localTime, durationMinutes: 30, everyDays: 7, count },
      "Europe/Paris",
    );

  it("stays at nine o'clock local time through March and October", () => {
    for (
      const [startsOn, before, behind] of [["2026-03-25", 8, 7], ["2026-10-21", 7, 8]] as const
    ) {
      const [first, second] = weekly(startsOn, "09:00", 2);
      equal(new Date(first!.startsAt).getUTCHours(), before);
      equal(new Date(second!.startsAt).getUTCHours(), behind);
      equal(first!.isShifted || second!.isShifted, false);
    }
  });

  it("moves a time that the clock skips on by what it skips, and says so", () => {
    deepEqual(weekly("2026-03-22", "02:30", 3), [
      {
        startsAt: "2026-03-22T01:30:00.000Z",
        endsAt: "2026-03-22T02:00:00.000Z",
        isShifted: false,
      },
      { startsAt: "2026-03-29T01:30:00.000Z", endsAt: "2026-03-29T02:00:00.000Z", isShifted: true },
      {
        startsAt: "2026-04-05T00:30:00.000Z",
        endsAt: "2026-04-05T01:00:00.000Z",
        isShifted: false,
      },
    ]);
  });

  it("takes the first of a time that comes twice", () => {
    const [one] = weekly("2026-10-25", "02:30", 1);
    deepEqual(one, {
      startsAt: "2026-10-25T00:30:00.000Z",
      endsAt: "2026-10-25T01:00:00.000Z",
      isShifted: false,
    });
  });
});
