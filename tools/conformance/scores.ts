/** Published score tables, value by value at each edge, and published samples of formulas. */
import { compute, findScore } from "@praxis/workflow/conformance";
import { z } from "zod";

type Print = (line: string) => void;
type Inputs = Parameters<typeof compute>[1];

const Tables = z.looseObject({
  NEWS2: z.looseObject({ parts: z.record(z.string(), z.array(z.tuple([z.string(), z.number()]))) }),
  "eGFR_CKD-EPI_2021": z.looseObject({
    anchors_attributed_to_NKF_calculator: z.array(z.looseObject({
      scr_mg_dl: z.number().optional(),
      scr_umol_l: z.number().optional(),
      age: z.number(),
      sex: z.string(),
      egfr: z.number(),
    })),
  }),
});

const NOW = new Date("2026-01-05T12:00:00Z");
const q = (value: number, unit: string) => ({ value, unit });

/** Nothing in it scores. */
const calm: Inputs = {
  respirationRate: q(16, "/min"),
  spo2: q(97, "%"),
  oxygen: false,
  systolic: q(120, "mm[Hg]"),
  pulse: q(70, "/min"),
  consciousness: "alert",
  temperature: q(37, "Cel"),
};
type Column = { input: string; unit: string; more?: Inputs };
const columns: Record<string, Column> = {
  respiration_rate: { input: "respirationRate", unit: "/min" },
  spo2_scale1: { input: "spo2", unit: "%" },
  spo2_scale2: { input: "spo2", unit: "%", more: { spo2Scale: 2 } },
  systolic_bp: { input: "systolic", unit: "mm[Hg]" },
  pulse: { input: "pulse", unit: "/min" },
  temperature: { input: "temperature", unit: "Cel" },
};

/** The values at both ends of a row, as in `<=8`, `9-11` and `>=97 on O2`. */
const edgesOf = (row: string): number[] =>
  [...row.replace(/ on .*$/, "").matchAll(/\d+(?:\.\d+)?/g)].map(Number);

type Check = { what: string; passed: boolean };

function news2(parts: Record<string, [string, number][]>): Check[] {
  const checks: Check[] = [];
  for (const [name, { input, unit, more = {} }] of Object.entries(columns)) {
    for (const [row, points] of parts[name] ?? []) {
      for (const value of edgesOf(row)) {
        const isOn = row.includes("on O2");
        const both = row.includes("on ") ? [isOn] : [false, true];
        for (const oxygen of both) {
          const inputs = { ...calm, ...more, oxygen, [input]: q(value, unit) };
          const answer = compute(findScore("news2")!, inputs, NOW);
          const said = answer.status === "scored" ? answer.parts[input] : undefined;
          checks.push({ what: `NEWS2 ${name} ${value} (${row})`, passed: said === points });
        }
      }
    }
  }
  return checks;
}

/** Published samples at 50 years, male and female, by mg/dL. */
const EGFR: [number, number, number][] = [
  [0.5, 124.3, 114.2],
  [0.7, 112.3, 105.3],
  [0.9, 104.0, 77.9],
  [1.0, 91.7, 68.6],
  [1.2, 73.7, 55.1],
  [1.5, 56.4, 42.2],
  [2.0, 39.9, 29.9],
  [4.0, 17.4, 13.0],
];

function egfr(anchors: z.output<typeof Tables>["eGFR_CKD-EPI_2021"]): Check[] {
  const of = (creatinine: { value: number; unit: string }, age: number, sex: string) => {
    const inputs = { creatinine, age: q(age, "a"), sex };
    const answer = compute(findScore("ckd-epi-2021")!, inputs, NOW);
    return answer.status === "scored" ? answer.score : Number.NaN;
  };
  return [
    ...EGFR.flatMap(([value, male, female]) =>
      ([["M", male], ["F", female]] as const).map(([sex, expected]) => ({
        what: `eGFR ${value} mg/dL, 50, ${sex}`,
        passed: of(q(value, "mg/dL"), 50, sex).toFixed(1) === expected.toFixed(1),
      }))
    ),
    ...anchors.anchors_attributed_to_NKF_calculator.map((one) => {
      const creatinine = one.scr_mg_dl === undefined
        ? q(one.scr_umol_l!, "umol/L")
        : q(one.scr_mg_dl, "mg/dL");
      const said = Math.round(of(creatinine, one.age, one.sex));
      return { what: `eGFR anchor ${one.age}, ${one.sex}`, passed: said === one.egfr };
    }),
  ];
}

/** A band changes exactly between two sums. */
const BANDS: Record<string, { count: number; bands: [number, string][] }> = {
  "phq-9": {
    count: 9,
    bands: [[0, "minimal"], [5, "mild"], [10, "moderate"], [15, "moderately severe"], [
      20,
      "severe",
    ]],
  },
  "gad-7": { count: 7, bands: [[0, "minimal"], [5, "mild"], [10, "moderate"], [15, "severe"]] },
};

function questionnaires(): Check[] {
  return Object.entries(BANDS).flatMap(([name, { count, bands }]) =>
    Array.from({ length: count * 3 + 1 }, (_, total) => {
      const items = Array.from(
        { length: count },
        (_, n) => Math.min(3, Math.max(0, total - n * 3)),
      );
      const answer = compute(findScore(name)!, { items }, NOW);
      const expected = bands.findLast(([from]) => total >= from)![1];
      const passed = answer.status === "scored" && answer.score === total &&
        answer.band === expected;
      return { what: `${name} ${total}`, passed };
    })
  );
}

/** True when every check passes; misses are printed one by one. */
export async function runScores(folder: string, print: Print): Promise<boolean> {
  const text = await Deno.readTextFile(`${folder}/published-tables.json`);
  const tables = Tables.parse(JSON.parse(text));
  const checks = [
    ...news2(tables.NEWS2.parts),
    ...egfr(tables["eGFR_CKD-EPI_2021"]),
    ...questionnaires(),
  ];
  for (const { what } of checks.filter(({ passed }) => !passed)) print(`  MISSED    ${what}`);
  const passed = checks.filter((one) => one.passed).length;
  print(`Published score tables: ${passed}/${checks.length}`);
  return passed === checks.length;
}
