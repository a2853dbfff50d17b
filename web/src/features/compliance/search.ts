/** Which findings the list shows, as the page's address says it. */

export const FINDING_STATES = [
  "violated",
  "pending",
  "indeterminate",
  "excused",
  "satisfied",
] as const;
export const SEVERITIES = ["high", "medium", "low"] as const;

export type FindingSearch = {
  state?: typeof FINDING_STATES[number];
  severity?: typeof SEVERITIES[number];
  atRisk?: true;
};

export function readFindingSearch(given: Record<string, unknown>): FindingSearch {
  const state = FINDING_STATES.find((value) => value === given.state);
  const severity = SEVERITIES.find((value) => value === given.severity);
  return {
    ...(state ? { state } : {}),
    ...(severity ? { severity } : {}),
    ...(given.atRisk === true ? { atRisk: true } : {}),
  };
}
