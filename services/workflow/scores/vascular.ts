/** Scores of thrombosis, stroke and bleeding: CHA2DS2-VASc, CHA2DS2-VA, HAS-BLED, Wells. */
import { age, flag, pulse, sex } from "./inputs.ts";
import { bandOf, type Flag, num, points, type Score, sum, type Values } from "./model.ts";

/** Items that are there or not, each with its points. */
type Item = readonly [input: Flag, points: number];
const inputsOf = (items: readonly Item[]) => items.map(([input]) => input);
const partsOf = (items: readonly Item[], values: Values): Record<string, number> =>
  Object.fromEntries(items.map(([{ name }, of]) => [name, points(values[name], of)]));

const STROKE_RISKS: readonly Item[] = [
  [flag("heartFailure", "Heart failure or LV dysfunction", "chf", "congestiveHeartFailure"), 1],
  [flag("hypertension", "Hypertension"), 1],
  [flag("diabetes", "Diabetes mellitus", "diabetesMellitus"), 1],
  [flag("stroke", "Stroke, TIA or thromboembolism", "strokeTia", "thromboembolism"), 2],
  [flag("vascularDisease", "Myocardial infarction, PAD, aortic plaque", "vascular"), 1],
];
const ageParts = (years: number) => ({
  age75: points(years >= 75, 2),
  age65: points(years >= 65 && years < 75),
});
const strokeBand = (score: number) => bandOf(score, [[0, "low"], [1, "intermediate"], [9, "high"]]);

const cha2ds2vasc: Score = {
  name: "cha2ds2-vasc",
  title: "CHA₂DS₂-VASc",
  version: "Chest 2010",
  source: "Lip GYH, et al. Chest 2010;137:263-272.",
  inputs: [...inputsOf(STROKE_RISKS), age, sex],
  compute(values) {
    const parts = {
      ...partsOf(STROKE_RISKS, values),
      ...ageParts(num(values, "age")),
      sex: points(values.sex === "female"),
    };
    const score = sum(parts);
    const notes = score === 1 && parts.sex === 1
      ? ["The only point is the sex category, which alone is no reason to treat."]
      : [];
    return { score, band: strokeBand(score), parts, notes };
  },
};

const cha2ds2va: Score = {
  name: "cha2ds2-va",
  title: "CHA₂DS₂-VA",
  version: "ESC 2024",
  source: "2024 ESC Guidelines for the management of atrial fibrillation. Eur Heart J 2024.",
  inputs: [...inputsOf(STROKE_RISKS), age],
  compute(values) {
    const parts = { ...partsOf(STROKE_RISKS, values), ...ageParts(num(values, "age")) };
    const score = sum(parts);
    return { score, band: strokeBand(score), parts };
  },
};

const BLEEDING_RISKS: readonly Item[] = [
  [flag("hypertension", "Uncontrolled hypertension, systolic > 160 mmHg"), 1],
  [flag("renal", "Abnormal renal function", "abnormalRenalFunction", "renalDisease"), 1],
  [flag("liver", "Abnormal liver function", "abnormalLiverFunction", "liverDisease"), 1],
  [flag("stroke", "Stroke"), 1],
  [flag("bleeding", "Bleeding history or predisposition", "bleedingHistory"), 1],
  [flag("labileInr", "Labile INR"), 1],
  [flag("drugs", "Antiplatelets or NSAIDs", "medication"), 1],
  [flag("alcohol", "Eight or more drinks a week"), 1],
];

const hasBled: Score = {
  name: "has-bled",
  title: "HAS-BLED",
  version: "Chest 2010",
  source: "Pisters R, et al. Chest 2010;138:1093-1100.",
  inputs: [...inputsOf(BLEEDING_RISKS), age],
  compute(values) {
    const parts = { ...partsOf(BLEEDING_RISKS, values), age: points(num(values, "age") > 65) };
    const score = sum(parts);
    return { score, band: bandOf(score, [[1, "low"], [2, "moderate"], [9, "high"]]), parts };
  },
};

const EMBOLISM: readonly Item[] = [
  [flag("dvtSigns", "Clinical signs and symptoms of DVT", "dvtSymptoms"), 3],
  [flag("mostLikely", "An alternative is less likely than PE", "alternativeLessLikely"), 3],
  [
    flag("immobilisation", "Immobilised ≥ 3 days, or surgery within 4 weeks", "immobilization"),
    1.5,
  ],
  [flag("previous", "Previous PE or DVT", "previousPeOrDvt", "previousVte"), 1.5],
  [flag("haemoptysis", "Haemoptysis", "hemoptysis"), 1],
  [flag("malignancy", "Malignancy, treated within 6 months or palliative", "cancer"), 1],
];

const wellsPe: Score = {
  name: "wells-pe",
  title: "Wells score for pulmonary embolism",
  version: "Thromb Haemost 2000",
  source: "Wells PS, et al. Thromb Haemost 2000;83:416-420.",
  inputs: [...inputsOf(EMBOLISM), pulse],
  compute(values) {
    const parts = {
      ...partsOf(EMBOLISM, values),
      pulse: points(num(values, "pulse") > 100, 1.5),
    };
    const score = sum(parts);
    const three = score < 2 ? "low" : score <= 6 ? "intermediate" : "high";
    const notes = [`In three levels: ${three} probability.`];
    return { score, band: score > 4 ? "likely" : "unlikely", parts, notes };
  },
};

const THROMBOSIS: readonly Item[] = [
  [flag("cancer", "Active cancer", "activeCancer"), 1],
  [flag("paralysis", "Paralysis, paresis or recent plaster of the legs"), 1],
  [flag("bedridden", "Bedridden ≥ 3 days, or major surgery within 12 weeks"), 1],
  [flag("tenderness", "Tenderness along the deep veins", "localisedTenderness"), 1],
  [flag("legSwollen", "Entire leg swollen", "entireLegSwollen"), 1],
  [flag("calfSwelling", "Calf swelling > 3 cm against the other leg"), 1],
  [flag("oedema", "Pitting oedema of the symptomatic leg", "pittingOedema", "edema"), 1],
  [flag("collaterals", "Collateral superficial veins", "collateralVeins"), 1],
  [flag("previous", "Previously documented DVT", "previousDvt"), 1],
  [flag("alternative", "An alternative is at least as likely", "alternativeDiagnosis"), -2],
];

const wellsDvt: Score = {
  name: "wells-dvt",
  title: "Wells score for deep vein thrombosis",
  version: "N Engl J Med 2003",
  source: "Wells PS, et al. N Engl J Med 2003;349:1227-1235.",
  inputs: inputsOf(THROMBOSIS),
  compute(values) {
    const parts = partsOf(THROMBOSIS, values);
    const score = sum(parts);
    return { score, band: score >= 2 ? "likely" : "unlikely", parts };
  },
};

export const vascular: readonly Score[] = [cha2ds2vasc, cha2ds2va, hasBled, wellsPe, wellsDvt];
