/** Inputs that several scores share: a pulse is a pulse. Codes are LOINC's. */
import type { Choice, Flag, Ordinal, Quantity } from "./model.ts";

const VITAL_HOURS = 24;
const LABORATORY_HOURS = 24 * 90;

const vital = { kind: "quantity", hoursMax: VITAL_HOURS } as const;
const laboratory = { kind: "quantity", hoursMax: LABORATORY_HOURS } as const;

export const respirationRate: Quantity = {
  ...vital,
  name: "respirationRate",
  title: "Respiration rate",
  also: ["respiratoryRate", "rr"],
  unit: "/min",
  range: [0, 120],
  loinc: ["9279-1"],
};
export const systolic: Quantity = {
  ...vital,
  name: "systolic",
  title: "Systolic blood pressure",
  also: ["systolicBp", "sbp", "systolicBloodPressure"],
  unit: "mm[Hg]",
  range: [20, 350],
  loinc: ["8480-6"],
};
export const diastolic: Quantity = {
  ...vital,
  name: "diastolic",
  title: "Diastolic blood pressure",
  also: ["diastolicBp", "dbp", "diastolicBloodPressure"],
  unit: "mm[Hg]",
  range: [0, 250],
  loinc: ["8462-4"],
};
export const pulse: Quantity = {
  ...vital,
  name: "pulse",
  title: "Pulse",
  also: ["heartRate", "hr", "pulseRate"],
  unit: "/min",
  range: [0, 350],
  loinc: ["8867-4"],
};
export const temperature: Quantity = {
  ...vital,
  name: "temperature",
  title: "Body temperature",
  also: ["temp", "bodyTemperature"],
  unit: "Cel",
  range: [20, 46],
  decimals: 1,
  loinc: ["8310-5"],
};
export const age: Quantity = {
  kind: "quantity",
  name: "age",
  title: "Age",
  unit: "a",
  range: [0, 125],
};
export const sex: Choice = {
  kind: "choice",
  name: "sex",
  title: "Sex that the formula asks for",
  also: ["gender"],
  options: { female: "female", male: "male", F: "female", M: "male" },
};
export const creatinine: Quantity = {
  ...laboratory,
  name: "creatinine",
  title: "Creatinine in serum",
  also: ["scr", "serumCreatinine"],
  unit: "mg/dL",
  range: [0.05, 50],
  // 1 mg/dL is 88.4 µmol/L, as the equations' own authors convert.
  substance: { gramsPerMole: 10_000 / 88.4 },
  loinc: ["2160-0", "14682-9"],
};
export const bilirubin: Quantity = {
  ...laboratory,
  name: "bilirubin",
  title: "Bilirubin, total",
  also: ["bili"],
  unit: "mg/dL",
  range: [0, 100],
  substance: { gramsPerMole: 584.66 },
  loinc: ["1975-2", "14631-6"],
};
export const sodium: Quantity = {
  ...laboratory,
  name: "sodium",
  title: "Sodium",
  also: ["na"],
  unit: "mmol/L",
  range: [80, 200],
  substance: { charge: 1 },
  loinc: ["2951-2"],
};
export const albumin: Quantity = {
  ...laboratory,
  name: "albumin",
  title: "Albumin",
  also: ["alb"],
  unit: "g/dL",
  range: [0.3, 8],
  substance: { gramsPerMole: 66_500 },
  loinc: ["1751-7"],
};
export const inr: Quantity = {
  ...laboratory,
  name: "inr",
  title: "INR",
  unit: "1",
  range: [0.3, 30],
  loinc: ["6301-6", "34714-6"],
};

export const flag = (name: string, title: string, ...also: string[]): Flag => ({
  kind: "flag",
  name,
  title,
  also,
});
export const ordinal = (
  name: string,
  title: string,
  range: readonly [number, number],
  ...also: string[]
): Ordinal => ({ kind: "ordinal", name, title, range, also });
