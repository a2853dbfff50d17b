/** Quantities by UCUM, the code of units that FHIR uses (https://ucum.org). */
import { UcumLhcUtils } from "@lhncbc/ucum-lhc";

/** Spellings that are no UCUM but can mean only one thing where they are used. */
const SPELLINGS = new Map(Object.entries({
  mmHg: "mm[Hg]",
  "°C": "Cel",
  "°F": "[degF]",
  "breaths/min": "/min",
  "beats/min": "/min",
  bpm: "/min",
  "µmol/L": "umol/L",
  "μmol/L": "umol/L",
  years: "a",
  year: "a",
}));

/** Anything else is no UCUM, and the library would print it. */
const UNIT = /^[!-~]{1,60}$/;
/** What a conversion computes beyond this is noise of its factors. */
const SIGNIFICANT_DIGITS = 12;

const ucum = UcumLhcUtils.getInstance();

export const tidy = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));

export const toUcum = (unit: string): string => SPELLINGS.get(unit) ?? unit;

export const isUnit = (unit: string): boolean =>
  UNIT.test(toUcum(unit)) && ucum.validateUnitString(toUcum(unit)).status === "valid";

/** What is measured, as far as it matters: mass, moles and equivalents depend on it. */
export type Substance = { gramsPerMole?: number; charge?: number };

/** `value` in the unit `to`; undefined when either is no unit or they measure different things. */
export function convert(
  value: number,
  from: string,
  to: string,
  { gramsPerMole, charge }: Substance = {},
): number | undefined {
  const [source, target] = [toUcum(from), toUcum(to)];
  if (source === target) return value;
  if (!UNIT.test(source) || !UNIT.test(target)) return undefined;
  const { status, toVal } = ucum.convertUnitTo(source, value, target, {
    molecularWeight: gramsPerMole ?? null,
    charge: charge ?? null,
  });
  return status === "succeeded" && typeof toVal === "number" && Number.isFinite(toVal)
    ? tidy(toVal)
    : undefined;
}
