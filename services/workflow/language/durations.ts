/** Durations as definitions write them: ISO 8601 text, or an object of units. */

const UNITS_MS: Record<string, number> = {
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  milliseconds: 1,
};
/** Ten years: what is meant to last longer is meant to last for ever. */
export const DURATION_MS_MAX = 3_660 * 86_400_000;

/**
 * Milliseconds of `P1DT2H`, or of `{ days: 1, hours: 2 }`; undefined when it is neither, negative,
 * or longer than ten years. A month counts 30 days and a year 365.
 */
export function durationMs(value: unknown): number | undefined {
  const ms = typeof value === "string" ? ofText(value) : ofObject(value);
  return ms !== undefined && ms >= 0 && ms <= DURATION_MS_MAX ? ms : undefined;
}

function ofText(text: string): number | undefined {
  try {
    const d = Temporal.Duration.from(text);
    const days = d.years * 365 + d.months * 30 + d.weeks * 7 + d.days;
    const { hours, minutes, seconds, milliseconds } = d;
    return ofObject({ days, hours, minutes, seconds, milliseconds });
  } catch {
    return undefined;
  }
}

function ofObject(value: unknown): number | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  let ms = 0;
  for (const [unit, count] of Object.entries(value)) {
    const one = Object.hasOwn(UNITS_MS, unit) ? UNITS_MS[unit]! : undefined;
    if (one === undefined || typeof count !== "number" || !Number.isFinite(count)) return undefined;
    ms += one * count;
  }
  return ms;
}
