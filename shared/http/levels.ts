/** How deep JSON may be nested: whatever walks through it by recursion has an end. */

/** Of any JSON body. FHIR's deepest resources have some thirty. */
export const LEVELS_MAX = 100;

/** Whether `value` has at most `levels` levels. */
export function isWithin(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== "object") return true;
  return levels > 0 && Object.values(value).every((one) => isWithin(one, levels - 1));
}
