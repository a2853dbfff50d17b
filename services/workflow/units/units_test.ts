/** Units: the same quantity under another name, and nothing where there is none. */
import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { convert, isUnit } from "./units.ts";

describe("units", () => {
  it("convert what measures the same", () => {
    equal(convert(12, "kPa", "mm[Hg]")!.toFixed(3), "90.008");
    equal(convert(100.4, "[degF]", "Cel"), 38);
    equal(convert(0.95, "1", "%"), 95);
    equal(convert(20, "{breaths}/min", "/min"), 20);
    equal(convert(120, "mmHg", "mm[Hg]"), 120);
    equal(convert(1, "d", "h"), 24);
  });

  it("convert between mass and substance only for a known substance", () => {
    equal(convert(88.4, "umol/L", "mg/dL", { gramsPerMole: 113.12 })!.toFixed(4), "1.0000");
    equal(convert(88.4, "umol/L", "mg/dL"), undefined);
    equal(convert(140, "meq/L", "mmol/L", { charge: 1 }), 140);
  });

  it("never guess (14)", () => {
    for (const unit of ["", "kg", "nonsense", "mm[Hg", "x".repeat(1_000), "\0", "__proto__"]) {
      equal(convert(90, unit, "mm[Hg]"), undefined, unit.slice(0, 20));
    }
    equal(isUnit("kPa"), true);
    equal(isUnit("furlongs per fortnight"), false);
  });
});
