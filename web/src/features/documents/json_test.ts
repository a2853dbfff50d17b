import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { laidOut } from "./json.ts";

describe("JSON laid out", () => {
  it("is as JSON.stringify lays it out", () => {
    const value = { a: [1, { "b:,": 'x "y" {z}\\' }, [], {}], c: null, d: true, e: "" };
    for (const given of [JSON.stringify(value), JSON.stringify(value, null, 4)]) {
      equal(laidOut(given), JSON.stringify(value, null, 2));
    }
  });

  it("keeps numbers as they were written, and names that stand twice", () => {
    const given = '{"dose":1.50,"id":12345678901234567890,"a":1,"a":2}';
    const lines = [
      "{",
      '  "dose": 1.50,',
      '  "id": 12345678901234567890,',
      '  "a": 1,',
      '  "a": 2',
      "}",
    ];
    equal(laidOut(given), lines.join("\n"));
  });

  it("leaves alone what is no JSON, and bears depth", () => {
    equal(laidOut("{ not json"), "{ not json");
    equal(laidOut(`${"[".repeat(3_000)}${"]".repeat(3_000)}`).includes("[]"), true);
  });
});
