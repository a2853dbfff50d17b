/** Every band edge of the published tables, and what cannot be told. Failure tests 14 and 15. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { ScoreInputs } from "./model.ts";
import { compute, findScore, scores, unknownInputs } from "./scores.ts";

const NOON = new Date("2026-01-05T12:00:00Z");
const tell = (name: string, inputs: ScoreInputs) => compute(findScore(name)!, inputs, NOON);
function told(name: string, inputs: ScoreInputs) {
  const answer = tell(name, inputs);
  ok(answer.status === "scored", JSON.stringify(answer));
  return answer;
}
const q = (value: number | null, unit: string) => ({ value, unit });

/** Nothing scores. */
const calm = {
  respirationRate: q(16, "/min"),
  spo2: q(97, "%"),
  oxygen: false,
  systolic: q(120, "mm[Hg]"),
  pulse: q(70, "/min"),
  consciousness: "alert",
  temperature: q(37, "Cel"),
};

/** Points from each value on; the units are the chart's. */
const edges: [
  input: string,
  unit: string,
  rows: [value: number, points: number][],
  more?: object,
][] = [
  ["respirationRate", "/min", [
    [0, 3],
    [8, 3],
    [9, 1],
    [11, 1],
    [12, 0],
    [20, 0],
    [21, 2],
    [24, 2],
    [25, 3],
    [60, 3],
  ]],
  ["spo2", "%", [[50, 3], [91, 3], [92, 2], [93, 2], [94, 1], [95, 1], [96, 0], [100, 0]]],
  ["spo2", "%", [
    [83, 3],
    [84, 2],
    [85, 2],
    [86, 1],
    [87, 1],
    [88, 0],
    [92, 0],
    [93, 0],
    [97, 0],
    [100, 0],
  ], { spo2Scale: 2 }],
  ["spo2", "%", [
    [83, 3],
    [84, 2],
    [87, 1],
    [88, 0],
    [92, 0],
    [93, 1],
    [94, 1],
    [95, 2],
    [96, 2],
    [97, 3],
  ], { spo2Scale: 2, oxygen: true }],
  ["systolic", "mm[Hg]", [
    [90, 3],
    [91, 2],
    [100, 2],
    [101, 1],
    [110, 1],
    [111, 0],
    [219, 0],
    [220, 3],
  ]],
  ["pulse", "/min", [
    [40, 3],
    [41, 1],
    [50, 1],
    [51, 0],
    [90, 0],
    [91, 1],
    [110, 1],
    [111, 2],
    [130, 2],
    [131, 3],
  ]],
  ["temperature", "Cel", [
    [35, 3],
    [35.1, 1],
    [36, 1],
    [36.1, 0],
    [38, 0],
    [38.1, 1],
    [39, 1],
    [39.1, 2],
  ]],
];

describe("NEWS2", () => {
  for (const [input, unit, rows, more = {}] of edges) {
    it(`has every edge of ${input} ${JSON.stringify(more)} (15)`, () => {
      for (const [value, points] of rows) {
        const { parts } = told("NEWS2", { ...calm, ...more, [input]: q(value, unit) });
        equal(parts[input], points, `${value} ${unit}`);
      }
    });
  }

  it("grades the sum, and a single red parameter (15)", () => {
    const cases: [ScoreInputs, number, string][] = [
      [calm, 0, "low"],
      [{ ...calm, consciousness: "C" }, 3, "low-medium"],
      [{ ...calm, respirationRate: q(22, "/min"), pulse: q(112, "/min") }, 4, "low"],
      [{ ...calm, respirationRate: q(25, "/min"), pulse: q(112, "/min") }, 5, "medium"],
      [{ ...calm, consciousness: "V", pulse: q(131, "/min") }, 6, "medium"],
      [{ ...calm, consciousness: "V", pulse: q(131, "/min"), spo2: q(95, "%") }, 7, "high"],
    ];
    for (const [inputs, score, band] of cases) {
      const answer = told("news2", inputs);
      deepEqual([answer.score, answer.band], [score, band]);
      equal(answer.version, "RCP 2017");
    }
    const worst = told("news2", {
      respirationRate: q(30, "/min"),
      spo2: q(80, "%"),
      oxygen: true,
      systolic: q(60, "mm[Hg]"),
      pulse: q(150, "/min"),
      consciousness: "U",
      temperature: q(34, "Cel"),
    });
    equal(worst.score, 20);
  });

  it("takes other units only through UCUM (14)", () => {
    const { parts, inputs } = told("news2", {
      ...calm,
      systolic: q(12, "kPa"),
      temperature: q(100.6, "[degF]"),
      spo2: q(0.95, "1"),
    });
    deepEqual([parts.systolic, parts.temperature, parts.spo2], [3, 1, 1]);
    deepEqual(inputs.systolic, { value: 90, unit: "mm[Hg]" });
  });

  it("is not told from what is missing, wrong or old (14)", () => {
    const wrong: Record<string, ScoreInputs[string]> = {
      null: null,
      "a null value": q(null, "mm[Hg]"),
      "an empty text": "",
      "a text": { value: "90", unit: "mm[Hg]" },
      "no unit": 90,
      "an empty unit": q(90, ""),
      "a mass": q(90, "kg"),
      "no unit of anything": q(90, "mm Hg"),
      "a slip of the keyboard": q(1200, "mm[Hg]"),
      "a value of below nothing": q(-5, "mm[Hg]"),
    };
    for (const [what, systolic] of Object.entries(wrong)) {
      const answer = tell("news2", { ...calm, systolic: systolic! });
      ok(answer.status === "indeterminate", what);
      deepEqual([answer.missing, answer.stale], [["systolic"], []], what);
    }
    const { systolic: _, pulse: __, ...rest } = calm;
    const answer = tell("news2", rest);
    deepEqual(answer.status === "indeterminate" && answer.missing, ["systolic", "pulse"]);
    const old = { value: 120, unit: "mm[Hg]", at: "2026-01-02T12:00:00Z" };
    const stale = tell("news2", { ...calm, systolic: old });
    deepEqual(stale.status === "indeterminate" && stale.stale, ["systolic"]);
    const ahead = tell("news2", { ...calm, systolic: { ...old, at: "2026-01-06T12:00:00Z" } });
    deepEqual(ahead.status === "indeterminate" && ahead.missing, ["systolic"]);
    equal(tell("news2", { ...calm, age: q(15, "a") }).status, "indeterminate");
    equal(tell("news2", { ...calm, age: q(16, "a") }).status, "scored");
    equal(tell("news2", { ...calm, isPregnant: true }).status, "indeterminate");
  });
});

/** A yes for each of `names`, a no for every other flag of the score. */
function flags(name: string, ...names: string[]): ScoreInputs {
  const all = findScore(name)!.inputs.filter(({ kind }) => kind === "flag");
  return Object.fromEntries(all.map(({ name: flag }) => [flag, names.includes(flag)]));
}

describe("other scores of acute illness", () => {
  it("qSOFA turns at 22, 100 and any altered mentation", () => {
    const of = (rate: number, pressure: number, altered: boolean) =>
      told("qSOFA", {
        respirationRate: q(rate, "/min"),
        systolic: q(pressure, "mmHg"),
        alteredMentation: altered,
      });
    equal(of(21, 101, false).score, 0);
    equal(of(22, 101, false).score, 1);
    equal(of(21, 100, false).score, 1);
    deepEqual([of(22, 100, false).band, of(22, 101, false).band], ["positive", "negative"]);
    equal(of(22, 100, true).score, 3);
    const vitals = { respirationRate: q(16, "/min"), systolic: q(120, "mmHg") };
    equal(told("qsofa", { ...vitals, glasgow: 14 }).score, 1);
    equal(told("qsofa", { ...vitals, glasgow: 15 }).score, 0);
    equal(tell("qsofa", vitals).status, "indeterminate");
  });

  it("CURB-65 turns at each of its five edges", () => {
    const calm = {
      confusion: false,
      urea: q(7, "mmol/L"),
      respirationRate: q(29, "/min"),
      systolic: q(90, "mm[Hg]"),
      diastolic: q(61, "mm[Hg]"),
      age: q(64, "a"),
    };
    const score = (more: ScoreInputs) => told("curb-65", { ...calm, ...more }).score;
    equal(score({}), 0);
    for (
      const one of [
        { confusion: true },
        { urea: q(7.1, "mmol/L") },
        { urea: q(43, "mg/dL") },
        { respirationRate: q(30, "/min") },
        { systolic: q(89, "mm[Hg]") },
        { diastolic: q(60, "mm[Hg]") },
        { age: q(65, "a") },
      ]
    ) equal(score(one), 1, JSON.stringify(one));
    const { urea: _, ...rest } = calm;
    equal(told("curb-65", { ...rest, bun: q(20, "mg/dL") }).score, 1);
    equal(told("curb-65", { ...rest, bun: q(19, "mg/dL") }).score, 0);
    equal(tell("curb-65", rest).status, "indeterminate");
    const sick = { confusion: true, urea: q(9, "mmol/L") };
    equal(told("curb-65", { ...calm, confusion: true }).band, "low");
    equal(told("curb-65", { ...calm, ...sick }).band, "intermediate");
    equal(told("curb-65", { ...calm, ...sick, age: q(80, "a") }).band, "high");
  });
});

describe("scores of stroke, bleeding and thrombosis", () => {
  it("CHA₂DS₂-VASc and -VA differ by the sex, and say which they are", () => {
    const of = (name: string, years: number, sex: string, ...risks: string[]) =>
      told(name, {
        ...flags(name, ...risks),
        age: q(years, "a"),
        ...(name.endsWith("va") ? {} : { sex }),
      });
    for (const [years, points] of [[64, 0], [65, 1], [74, 1], [75, 2]] as const) {
      equal(of("cha2ds2-vasc", years, "male").score, points);
      equal(of("cha2ds2-vasc", years, "female").score, points + 1);
      equal(of("cha2ds2-va", years, "female").score, points);
    }
    equal(of("CHA2DS2-VASc", 50, "male", "stroke").score, 2);
    const all = ["heartFailure", "hypertension", "diabetes", "stroke", "vascularDisease"];
    equal(of("cha2ds2-vasc", 75, "female", ...all).score, 9);
    equal(of("cha2ds2-va", 75, "female", ...all).score, 8);
    equal(of("cha2ds2-vasc", 50, "male").version, "Chest 2010");
    equal(of("cha2ds2-va", 50, "male").version, "ESC 2024");
  });

  it("HAS-BLED counts nine, the age from above 65", () => {
    const of = (years: number, ...risks: string[]) =>
      told("has-bled", { ...flags("has-bled", ...risks), age: q(years, "a") });
    equal(of(65).score, 0);
    equal(of(66).score, 1);
    deepEqual([of(65, "alcohol", "drugs").band, of(66, "alcohol", "drugs").band], [
      "moderate",
      "high",
    ]);
    const all = findScore("has-bled")!.inputs.map(({ name }) => name);
    equal(of(70, ...all).score, 9);
  });

  it("Wells turns at four for embolism and at two for thrombosis", () => {
    const pe = (rate: number, ...risks: string[]) =>
      told("wells-pe", { ...flags("wells-pe", ...risks), pulse: q(rate, "/min") });
    equal(pe(100).score, 0);
    equal(pe(101).score, 1.5);
    deepEqual([pe(100, "dvtSigns", "malignancy").score, pe(100, "dvtSigns", "malignancy").band], [
      4,
      "unlikely",
    ]);
    equal(pe(101, "dvtSigns").band, "likely");
    const all = findScore("wells-pe")!.inputs.map(({ name }) => name);
    equal(pe(101, ...all).score, 12.5);
    const three = (...args: Parameters<typeof pe>) => pe(...args).notes[0];
    deepEqual(
      [three(101), three(100, "haemoptysis", "malignancy"), three(100, "dvtSigns", "mostLikely")],
      ["low", "intermediate", "intermediate"].map((one) => `In three levels: ${one} probability.`),
    );
    equal(three(101, "dvtSigns", "mostLikely"), "In three levels: high probability.");
    const dvt = (...risks: string[]) => told("wells-dvt", flags("wells-dvt", ...risks));
    deepEqual([dvt("cancer").band, dvt("cancer", "previous").band], ["unlikely", "likely"]);
    equal(dvt("alternative").score, -2);
    equal(dvt(...findScore("wells-dvt")!.inputs.map(({ name }) => name)).score, 7);
  });
});

describe("formulas", () => {
  it("CKD-EPI is that of 2021, in either unit", () => {
    const of = (value: number, unit: string, years: number, sex: string) =>
      told("ckd-epi-2021", { creatinine: q(value, unit), age: q(years, "a"), sex });
    const samples: [number, number, number][] = [
      [0.5, 124.3, 114.2],
      [0.7, 112.3, 105.3],
      [0.9, 104.0, 77.9],
      [1, 91.7, 68.6],
      [1.2, 73.7, 55.1],
      [1.5, 56.4, 42.2],
      [2, 39.9, 29.9],
      [4, 17.4, 13],
    ];
    for (const [value, male, female] of samples) {
      equal(of(value, "mg/dL", 50, "male").score.toFixed(1), male.toFixed(1));
      equal(of(value, "mg/dL", 50, "female").score.toFixed(1), female.toFixed(1));
    }
    equal(of(1.09, "mg/dL", 55, "M").score, 80.15);
    equal(of(85, "umol/L", 65, "F").score, 65.53);
    // The equation of 2009 would say 140.19.
    equal(of(50, "umol/L", 28, "M").score, 137.27);
    deepEqual(
      [[0.9, "G1"], [1.2, "G2"], [1.5, "G3a"], [2, "G3b"], [4, "G4"], [6, "G5"]].map((
        [value, band],
      ) => of(value as number, "mg/dL", 50, "male").band === band),
      Array(6).fill(true),
    );
    const child = { creatinine: q(0.5, "mg/dL"), age: q(17, "a"), sex: "M" };
    equal(tell("egfr", child).status, "indeterminate");
  });

  it("MELD 3.0 is the published formula with its bounds", () => {
    const of = (
      [sex, years, bili, alb, ratio, na, cr]: [string, number, ...number[]],
      dialysis = false,
    ) =>
      told("MELD 3.0", {
        sex,
        age: q(years, "a"),
        bilirubin: q(bili!, "mg/dL"),
        albumin: q(alb!, "g/dL"),
        inr: ratio!,
        sodium: q(na!, "mmol/L"),
        creatinine: q(cr!, "mg/dL"),
        dialysis,
      });
    equal(of(["F", 13, 5, 5, 1, 120, 2]).score, 28);
    equal(of(["F", 70, 10, 2, 3, 110, 2.5]).score, 41);
    equal(of(["M", 40, 0.5, 4, 0.9, 140, 0.6]).score, 6);
    equal(of(["M", 40, 0.5, 4, 0.9, 140, 0.6], true).score, 18);
    equal(of(["F", 40, 0.5, 4, 0.9, 140, 0.6]).score, 7);
    equal(of(["M", 17, 0.5, 4, 0.9, 140, 0.6]).score, 7);
    equal(of(["M", 40, 1, 3.5, 1, 137, 3]).score, of(["M", 40, 1, 3.5, 1, 137, 9]).score);
  });
});

describe("sums of what was judged", () => {
  const items = (count: number, total: number) =>
    Array.from({ length: count }, (_, n) => Math.min(3, Math.max(0, total - n * 3)));

  it("PHQ-9 and GAD-7 change their band at every edge", () => {
    const bands = (name: string, count: number, totals: number[]) =>
      totals.map((total) => {
        const answer = told(name, { items: items(count, total) });
        equal(answer.score, total);
        return answer.band;
      });
    deepEqual(bands("phq-9", 9, [0, 4, 5, 9, 10, 14, 15, 19, 20, 27]), [
      "minimal",
      "minimal",
      "mild",
      "mild",
      "moderate",
      "moderate",
      "moderately severe",
      "moderately severe",
      "severe",
      "severe",
    ]);
    deepEqual(bands("gad-7", 7, [0, 4, 5, 9, 10, 14, 15, 21]), [
      "minimal",
      "minimal",
      "mild",
      "mild",
      "moderate",
      "moderate",
      "severe",
      "severe",
    ]);
    const selfHarm = told("phq-9", { items: [0, 0, 0, 0, 0, 0, 0, 0, 1] });
    equal(selfHarm.notes.length, 1);
  });

  it("Glasgow and Apgar as well, and never with a part that could not be tested", () => {
    const glasgow = (eye: number, verbal: number, motor: number) =>
      told("GCS", { eye, verbal, motor });
    deepEqual([glasgow(1, 1, 1).score, glasgow(4, 5, 6).score], [3, 15]);
    deepEqual(
      [[1, 1, 6], [2, 1, 6], [3, 3, 6], [3, 4, 6]].map(([e, v, m]) => glasgow(e!, v!, m!).band),
      ["severe", "moderate", "moderate", "mild"],
    );
    for (const eye of [0, 5, 2.5, "NT", null]) {
      equal(tell("glasgow", { eye, verbal: 5, motor: 6 }).status, "indeterminate", String(eye));
    }
    const apgar = (...parts: number[]) =>
      told("apgar", {
        appearance: parts[0]!,
        pulse: parts[1]!,
        grimace: parts[2]!,
        activity: parts[3]!,
        respiration: parts[4]!,
      }).band;
    deepEqual([
      apgar(0, 1, 1, 1, 0),
      apgar(1, 1, 1, 1, 0),
      apgar(2, 1, 1, 1, 1),
      apgar(2, 2, 1, 1, 1),
    ], [
      "low",
      "moderately abnormal",
      "moderately abnormal",
      "reassuring",
    ]);
  });
});

describe("every score", () => {
  it("is found by its names, cites its source, and needs each input that is not optional", () => {
    for (const score of scores) {
      equal(findScore(score.name.toUpperCase()), score);
      ok(score.source.length > 20 && score.version.length > 3);
      const answer = compute(score, {}, NOON);
      ok(answer.status === "indeterminate");
      const needed = score.inputs.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
      deepEqual(answer.missing, needed);
    }
    equal(findScore("nonsense"), undefined);
    equal(findScore("__proto__"), undefined);
    equal(findScore("constructor"), undefined);
  });

  it("knows an input that it has no use for, so that a slip is not taken for silence", () => {
    const score = findScore("news2")!;
    deepEqual(unknownInputs(score, { ...calm, sytolic: q(80, "mm[Hg]") }), ["sytolic"]);
    deepEqual(unknownInputs(score, { respiration_rate: q(16, "/min") }), []);
  });
});
