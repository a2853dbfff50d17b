/** Questionnaires and scales that are sums of what somebody judged: PHQ-9, GAD-7, Glasgow, Apgar. */
import { ordinal } from "./inputs.ts";
import { bandOf, type Input, num, type Score, sum, type Values } from "./model.ts";

const partsOf = (inputs: readonly Input[], values: Values): Record<string, number> =>
  Object.fromEntries(inputs.map(({ name }) => [name, num(values, name)]));

const questions = (titles: readonly string[]): Input[] =>
  titles.map((title, n) => ordinal(`item${n + 1}`, title, [0, 3], `q${n + 1}`));

const phq9Items = questions([
  "Interest",
  "Mood",
  "Sleep",
  "Energy",
  "Appetite",
  "Self-worth",
  "Concentration",
  "Movement",
  "Thoughts of self-harm",
]);
const phq9: Score = {
  name: "phq-9",
  title: "PHQ-9",
  version: "J Gen Intern Med 2001",
  source: "Kroenke K, et al. J Gen Intern Med 2001;16:606-613.",
  inputs: phq9Items,
  compute(values) {
    const parts = partsOf(phq9Items, values);
    const score = sum(parts);
    const band = bandOf(score, [
      [4, "minimal"],
      [9, "mild"],
      [14, "moderate"],
      [19, "moderately severe"],
      [27, "severe"],
    ]);
    const notes = num(values, "item9") > 0
      ? ["Item 9 is not zero: ask about self-harm today, whatever the sum."]
      : [];
    return { score, band, parts, notes };
  },
};

const gad7Items = questions([
  "Nervous",
  "Control of worrying",
  "Worrying about different things",
  "Relaxing",
  "Restless",
  "Irritable",
  "Afraid",
]);
const gad7: Score = {
  name: "gad-7",
  title: "GAD-7",
  version: "Arch Intern Med 2006",
  source: "Spitzer RL, et al. Arch Intern Med 2006;166:1092-1097.",
  inputs: gad7Items,
  compute(values) {
    const parts = partsOf(gad7Items, values);
    const score = sum(parts);
    const band = bandOf(score, [[4, "minimal"], [9, "mild"], [14, "moderate"], [21, "severe"]]);
    return { score, band, parts };
  },
};

const glasgowItems: Input[] = [
  { ...ordinal("eye", "Eye opening", [1, 4], "eyes"), hoursMax: 24, loinc: ["9267-6"] },
  { ...ordinal("verbal", "Verbal response", [1, 5]), hoursMax: 24, loinc: ["9270-0"] },
  { ...ordinal("motor", "Motor response", [1, 6]), hoursMax: 24, loinc: ["9268-4"] },
];
const glasgow: Score = {
  name: "glasgow",
  title: "Glasgow Coma Scale",
  version: "Lancet 1974, six motor grades",
  source: "Teasdale G, Jennett B. Lancet 1974;2:81-84; www.glasgowcomascale.org.",
  inputs: glasgowItems,
  compute(values) {
    const parts = partsOf(glasgowItems, values);
    const score = sum(parts);
    return { score, band: bandOf(score, [[8, "severe"], [12, "moderate"], [15, "mild"]]), parts };
  },
};

const apgarItems: Input[] = [
  ordinal("appearance", "Skin colour", [0, 2], "skinColour", "colour"),
  ordinal("pulse", "Heart rate", [0, 2], "heartRate"),
  ordinal("grimace", "Reflex irritability", [0, 2], "reflexIrritability", "reflex"),
  ordinal("activity", "Muscle tone", [0, 2], "muscleTone", "tone"),
  ordinal("respiration", "Respiratory effort", [0, 2], "respiratoryEffort", "breathing"),
];
const apgar: Score = {
  name: "apgar",
  title: "Apgar score",
  version: "ACOG/AAP 2015",
  source: "The Apgar score. Committee opinion 644. Obstet Gynecol 2015;126:e52-e55.",
  inputs: apgarItems,
  compute(values) {
    const parts = partsOf(apgarItems, values);
    const score = sum(parts);
    const band = bandOf(score, [[3, "low"], [6, "moderately abnormal"], [10, "reassuring"]]);
    return { score, band, parts };
  },
};

export const scales: readonly Score[] = [phq9, gad7, glasgow, apgar];
