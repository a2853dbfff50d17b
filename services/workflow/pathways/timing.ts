/** When an action is due that names a date, a period or the patient's age. */
import { type Action, type Leaf, spanOf } from "./plan.ts";

const DAY_MS = 86_400_000;
/** Longer than any pathway. */
const WAIT_MS_MAX = 3_650 * DAY_MS;

export const isTimed = (action: Action): boolean =>
  action.timingDateTime !== undefined || action.timingPeriod?.start !== undefined ||
  action.timingAge !== undefined;

/** FHIR's dates may lack day or month: then the first. Undefined for what is no date. */
function instantOf(date: string | undefined): number | undefined {
  if (date === undefined || !/^\d{4}(-\d{2}(-\d{2}(T.+)?)?)?$/.test(date)) return undefined;
  const ms = Date.parse(date.length === 4 ? `${date}-01-01` : date);
  return Number.isNaN(ms) ? undefined : ms;
}

/** The day on which somebody who was born on `birthDate` comes to an age in UCUM's words. */
function ageOn(birthDate: string | undefined, age: Action["timingAge"]): number | undefined {
  const born = instantOf(birthDate);
  if (born === undefined || age?.value === undefined) return undefined;
  const code = age.code ?? age.unit ?? "";
  const months = code === "a" || code.startsWith("year")
    ? 12
    : code === "mo" || code.startsWith("month")
    ? 1
    : 0;
  if (months > 0) {
    const at = new Date(born);
    at.setUTCMonth(at.getUTCMonth() + Math.round(age.value * months));
    return at.getTime();
  }
  const span = spanOf(age) as { days?: number } | undefined;
  return span?.days === undefined ? undefined : born + span.days * DAY_MS;
}

/**
 * How long to wait for each action whose time is still to come, as ISO 8601 durations by the
 * action's id. What has no time, or one that has passed, is not in it: it is due at once.
 */
export function waitsOf(
  leaves: readonly Leaf[],
  { birthDate, now }: { birthDate: string | undefined; now: Date },
): Record<string, string> {
  return Object.fromEntries(leaves.flatMap(({ id, action }) => {
    const at = instantOf(action.timingDateTime) ?? instantOf(action.timingPeriod?.start) ??
      ageOn(birthDate, action.timingAge);
    const ms = at === undefined ? 0 : at - now.getTime();
    return ms <= 0 ? [] : [[id, `PT${Math.ceil(Math.min(ms, WAIT_MS_MAX) / 1000)}S`]];
  }));
}
