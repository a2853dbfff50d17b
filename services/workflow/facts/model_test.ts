/** Ages: a date that is none is no age. */
import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { ageOn } from "./model.ts";

const NOW = new Date("2026-03-01T12:00:00Z");

describe("an age", () => {
  it("is in whole years, to the day", () => {
    equal(ageOn("1950-03-01", NOW), 76);
    equal(ageOn("1950-03-02", NOW), 75);
    equal(ageOn("2024-02-29", NOW), 2);
    equal(ageOn("2026-03-01", NOW), 0);
  });

  it("is not guessed", () => {
    for (
      const date of [undefined, "1950", "1950-03", "1950-13-01", "1950-02-30", "2027-01-01", ""]
    ) {
      equal(ageOn(date, NOW), undefined);
    }
    equal(ageOn("1700-01-01", NOW), undefined);
  });
});
