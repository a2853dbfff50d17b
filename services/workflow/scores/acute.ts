/** Scores of acute illness: NEWS2, qSOFA, CURB-65. */
import {
  age,
  diastolic,
  flag,
  ordinal,
  pulse,
  respirationRate,
  systolic,
  temperature,
} from "./inputs.ts";
import { bandOf, type Gap, num, points, type Quantity, type Score, sum } from "./model.ts";

type Row = readonly [max: number, points: number];
const { POSITIVE_INFINITY: MORE } = Number;

/** Chart 1 of the publication: points up to and including each value. */
const CHART = {
  respirationRate: [[8, 3], [11, 1], [20, 0], [24, 2], [MORE, 3]],
  spo2Scale1: [[91, 3], [93, 2], [95, 1], [MORE, 0]],
  spo2Scale2Air: [[83, 3], [85, 2], [87, 1], [MORE, 0]],
  spo2Scale2Oxygen: [[83, 3], [85, 2], [87, 1], [92, 0], [94, 1], [96, 2], [MORE, 3]],
  systolic: [[90, 3], [100, 2], [110, 1], [219, 0], [MORE, 3]],
  pulse: [[40, 3], [50, 1], [90, 0], [110, 1], [130, 2], [MORE, 3]],
  temperature: [[35, 3], [36, 1], [38, 0], [39, 1], [MORE, 2]],
} satisfies Record<string, Row[]>;
const chart = (rows: readonly Row[], value: number) => rows.find(([max]) => value <= max)![1];

const spo2: Quantity = {
  kind: "quantity",
  name: "spo2",
  title: "Oxygen saturation",
  also: ["oxygenSaturation", "spO2Scale1"],
  unit: "%",
  range: [10, 100],
  decimals: 0,
  hoursMax: 24,
  loinc: ["59408-5", "2708-6"],
};
const whole = (input: Quantity): Quantity => ({ ...input, decimals: 0 });
const AGE_MIN = 16;

const news2: Score = {
  name: "news2",
  title: "National Early Warning Score 2",
  version: "RCP 2017",
  source: "Royal College of Physicians. National Early Warning Score (NEWS) 2. London, 2017.",
  inputs: [
    whole(respirationRate),
    spo2,
    { ...flag("oxygen", "On supplemental oxygen", "supplementalOxygen"), loinc: ["3151-8"] },
    {
      ...ordinal("spo2Scale", "Scale 2 only when a clinician has said so", [1, 2]),
      isOptional: true,
    },
    whole(systolic),
    whole(pulse),
    {
      kind: "choice",
      name: "consciousness",
      title: "Consciousness (ACVPU)",
      also: ["acvpu", "avpu"],
      options: {
        alert: "alert",
        A: "alert",
        confusion: "not alert",
        "new confusion": "not alert",
        C: "not alert",
        voice: "not alert",
        V: "not alert",
        pain: "not alert",
        P: "not alert",
        unresponsive: "not alert",
        U: "not alert",
      },
      hoursMax: 24,
      loinc: ["67775-7", "80288-4"],
    },
    temperature,
    { ...age, isOptional: true },
    { ...flag("isPregnant", "Pregnant", "pregnant"), isOptional: true },
  ],
  compute(values) {
    if (num(values, "age") < AGE_MIN) {
      return { gaps: [{ input: "age", reason: "It is not meant for people under 16." }] };
    }
    if (values.isPregnant === true) {
      return { gaps: [{ input: "isPregnant", reason: "It is not meant for pregnancy." }] };
    }
    const isOnOxygen = values.oxygen === true;
    const saturation = values.spo2Scale === 2
      ? isOnOxygen ? CHART.spo2Scale2Oxygen : CHART.spo2Scale2Air
      : CHART.spo2Scale1;
    const parts = {
      respirationRate: chart(CHART.respirationRate, num(values, "respirationRate")),
      spo2: chart(saturation, num(values, "spo2")),
      oxygen: points(isOnOxygen, 2),
      systolic: chart(CHART.systolic, num(values, "systolic")),
      pulse: chart(CHART.pulse, num(values, "pulse")),
      consciousness: points(values.consciousness !== "alert", 3),
      temperature: chart(CHART.temperature, num(values, "temperature")),
    };
    const score = sum(parts);
    const single = Object.entries(parts).filter(([, one]) => one === 3).map(([name]) => name);
    const band = score >= 7
      ? "high"
      : score >= 5
      ? "medium"
      : single.length > 0
      ? "low-medium"
      : "low";
    const notes = single.length > 0
      ? [`A single parameter scores 3 (${single.join(", ")}): urgent review.`]
      : [];
    return { score, band, parts, notes };
  },
};

const qsofa: Score = {
  name: "qsofa",
  title: "Quick SOFA",
  version: "Sepsis-3 2016",
  source: "Singer M, et al. JAMA 2016;315:801-810.",
  inputs: [
    respirationRate,
    systolic,
    { ...flag("alteredMentation", "Altered mentation", "alteredMentalStatus"), isOptional: true },
    {
      ...ordinal("glasgow", "Glasgow Coma Scale, instead", [3, 15], "gcs"),
      hoursMax: 24,
      isOptional: true,
      loinc: ["9269-2"],
    },
  ],
  compute(values) {
    const { alteredMentation, glasgow } = values;
    if (alteredMentation === undefined && glasgow === undefined) {
      return { gaps: [{ input: "alteredMentation", reason: "missing" }] };
    }
    const parts = {
      respirationRate: points(num(values, "respirationRate") >= 22),
      systolic: points(num(values, "systolic") <= 100),
      alteredMentation: points(alteredMentation === true || (glasgow as number) < 15),
    };
    const score = sum(parts);
    return { score, band: score >= 2 ? "positive" : "negative", parts };
  },
};

/** Grams of nitrogen in a mole of urea: what some laboratories report as BUN. */
const NITROGEN_PER_UREA = 28.014;
const UREA_GRAMS_PER_MOLE = 60.056;
const laboratory = { kind: "quantity", unit: "mmol/L", range: [0, 150], hoursMax: 48 } as const;

const curb65: Score = {
  name: "curb-65",
  title: "CURB-65",
  version: "Thorax 2003",
  source: "Lim WS, et al. Thorax 2003;58:377-382.",
  inputs: [
    flag("confusion", "New confusion"),
    {
      ...laboratory,
      name: "urea",
      title: "Urea",
      substance: { gramsPerMole: UREA_GRAMS_PER_MOLE },
      isOptional: true,
      loinc: ["22664-7"],
    },
    {
      ...laboratory,
      name: "ureaNitrogen",
      title: "Urea nitrogen, instead of urea",
      also: ["bun", "bloodUreaNitrogen"],
      substance: { gramsPerMole: NITROGEN_PER_UREA },
      isOptional: true,
      loinc: ["3094-0"],
    },
    respirationRate,
    systolic,
    diastolic,
    age,
  ],
  compute(values) {
    const urea = values.urea ?? values.ureaNitrogen;
    if (urea === undefined) {
      const gap: Gap = { input: "urea", reason: "missing" };
      return { gaps: [gap] };
    }
    const parts = {
      confusion: points(values.confusion),
      urea: points((urea as number) > 7),
      respirationRate: points(num(values, "respirationRate") >= 30),
      bloodPressure: points(num(values, "systolic") < 90 || num(values, "diastolic") <= 60),
      age: points(num(values, "age") >= 65),
    };
    const score = sum(parts);
    return { score, band: bandOf(score, [[1, "low"], [2, "intermediate"], [5, "high"]]), parts };
  },
};

export const acute: readonly Score[] = [news2, qsofa, curb65];
