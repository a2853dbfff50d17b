/** What is known of a patient at one moment: observations by their codes, and who they are. */

export type Observed = {
  value: number | boolean | string;
  unit?: string | undefined;
  /** When it was so; RFC 3339. */
  at?: string | undefined;
};

export type Facts = {
  /** By `system|code`, the newest of each. */
  observations: Record<string, Observed>;
  patient: { birthDate?: string; sex?: string };
};

export const LOINC = "http://loinc.org";

/** Whole years; undefined when the date says too little or lies ahead. */
export function ageOn(birthDate: string | undefined, now: Date): number | undefined {
  if (birthDate === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(birthDate)) return undefined;
  const [year, month, day] = birthDate.split("-").map(Number) as [number, number, number];
  const born = new Date(Date.UTC(year, month - 1, day));
  if (born.getUTCMonth() + 1 !== month || born.getUTCDate() !== day) return undefined;
  const hadBirthday = now.getUTCMonth() + 1 > month ||
    (now.getUTCMonth() + 1 === month && now.getUTCDate() >= day);
  const years = now.getUTCFullYear() - year - (hadBirthday ? 0 : 1);
  return years >= 0 && years <= 150 ? years : undefined;
}
