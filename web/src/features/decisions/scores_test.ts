import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { inputsOf, type Score, wrongInputs } from "./scores.ts";

const score = {
  name: "x",
  inputs: [
    { name: "temperature", title: "Temperature", kind: "quantity", unit: "Cel" },
    { name: "confusion", title: "Confusion", kind: "flag" },
    { name: "sex", title: "Sex", kind: "choice", options: ["female", "male"] },
    { name: "eyes", title: "Eyes", kind: "ordinal", range: [1, 4] },
  ],
} as unknown as Score;
const AT = "2026-01-05T12:00:00Z";
const typed = (value: string, unit = "") => ({ value, unit });

describe("what is sent to a score", () => {
  it("has units and times, and nothing of what is not known", () => {
    deepEqual(inputsOf(score, {}, AT), {});
    deepEqual(
      inputsOf(score, {
        temperature: typed("38,1", "Cel"),
        confusion: typed("no"),
        sex: typed("female"),
        eyes: typed("3"),
      }, AT),
      {
        temperature: { value: 38.1, unit: "Cel", at: AT },
        confusion: { value: false, at: AT },
        sex: { value: "female", at: AT },
        eyes: { value: 3, at: AT },
      },
    );
    deepEqual(inputsOf(score, { temperature: typed(" ", "Cel") }, AT), {});
  });

  it("is looked at first: a number has to be one", () => {
    deepEqual(wrongInputs(score, { temperature: typed("high"), eyes: typed("") }), ["temperature"]);
    deepEqual(wrongInputs(score, { temperature: typed("36.6") }), []);
  });
});
