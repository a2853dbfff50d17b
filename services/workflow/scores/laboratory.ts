/** Formulas over laboratory values: CKD-EPI 2021 and MELD 3.0. */
import { age, albumin, bilirubin, creatinine, flag, inr, sex, sodium } from "./inputs.ts";
import { bandOf, num, points, type Score, sum } from "./model.ts";

const ADULT = 18;

const ckdEpi2021: Score = {
  name: "ckd-epi-2021",
  title: "eGFR by CKD-EPI creatinine",
  version: "CKD-EPI 2021",
  source: "Inker LA, et al. N Engl J Med 2021;385:1737-1749.",
  unit: "mL/min/{1.73_m2}",
  inputs: [creatinine, age, sex],
  compute(values) {
    const [scr, years] = [num(values, "creatinine"), num(values, "age")];
    if (years < ADULT) {
      return { gaps: [{ input: "age", reason: "The equation is for adults." }] };
    }
    const isFemale = values.sex === "female";
    const ratio = scr / (isFemale ? 0.7 : 0.9);
    const parts = {
      low: Math.min(ratio, 1) ** (isFemale ? -0.241 : -0.302),
      high: Math.max(ratio, 1) ** -1.2,
      age: 0.9938 ** years,
      sex: isFemale ? 1.012 : 1,
    };
    const egfr = 142 * parts.low * parts.high * parts.age * parts.sex;
    // KDIGO's classes, by the value before it is rounded.
    const band = egfr >= 90
      ? "G1"
      : egfr >= 60
      ? "G2"
      : egfr >= 45
      ? "G3a"
      : egfr >= 30
      ? "G3b"
      : egfr >= 15
      ? "G4"
      : "G5";
    return { score: Number(egfr.toFixed(2)), band, parts };
  },
};

const within = (value: number, min: number, max: number) => Math.min(Math.max(value, min), max);

const meld3: Score = {
  name: "meld-3.0",
  title: "MELD 3.0",
  version: "MELD 3.0, 2021",
  source: "Kim WR, et al. Gastroenterology 2021;161:1887-1895.",
  inputs: [
    age,
    sex,
    bilirubin,
    sodium,
    inr,
    creatinine,
    albumin,
    flag("dialysis", "Dialysis twice in 7 days, or CVVHD for 24 hours"),
  ],
  compute(values) {
    const years = num(values, "age");
    if (years < 12) {
      return { gaps: [{ input: "age", reason: "The formula begins at 12 years." }] };
    }
    const lnBilirubin = Math.log(Math.max(num(values, "bilirubin"), 1));
    const lnInr = Math.log(Math.max(num(values, "inr"), 1));
    const lnCreatinine = Math.log(
      values.dialysis === true ? 3 : within(num(values, "creatinine"), 1, 3),
    );
    const lowSodium = 137 - within(num(values, "sodium"), 125, 137);
    const lowAlbumin = 3.5 - within(num(values, "albumin"), 1.5, 3.5);
    const parts = {
      sexOrAge: points(values.sex === "female" || years < ADULT, 1.33),
      bilirubin: 4.56 * lnBilirubin,
      sodium: 0.82 * lowSodium,
      sodiumBilirubin: -0.24 * lowSodium * lnBilirubin,
      inr: 9.09 * lnInr,
      creatinine: 11.14 * lnCreatinine,
      albumin: 1.85 * lowAlbumin,
      albuminCreatinine: -1.83 * lowAlbumin * lnCreatinine,
      constant: 6,
    };
    const score = Math.round(sum(parts));
    const band = bandOf(score, [
      [9, "6 to 9"],
      [19, "10 to 19"],
      [29, "20 to 29"],
      [39, "30 to 39"],
      [Number.POSITIVE_INFINITY, "40 or more"],
    ]);
    return { score, band, parts };
  },
};

export const laboratory: readonly Score[] = [ckdEpi2021, meld3];
