/** Of which runs, and of which time, the page's address asks. */

export type AnalyticsSearch = { key?: string; from?: string; to?: string };

const isDay = (value: unknown): value is string =>
  typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value);

export const readAnalyticsSearch = (
  { key, from, to }: Record<string, unknown>,
): AnalyticsSearch => ({
  ...(typeof key === "string" && /^[a-zA-Z\d-]{1,63}$/.test(key) ? { key } : {}),
  ...(isDay(from) ? { from } : {}),
  ...(isDay(to) ? { to } : {}),
});
