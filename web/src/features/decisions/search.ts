/** Which alerts the list shows, as the page's address says it. */

export type AlertSearch = { list?: "answered" | "unshown"; patient?: string };

export function readAlertSearch({ list, patient }: Record<string, unknown>): AlertSearch {
  const known = (["answered", "unshown"] as const).find((value) => value === list);
  const isPatient = typeof patient === "string" && /^[\da-f-]{36}$/i.test(patient);
  return { ...(known ? { list: known } : {}), ...(isPatient ? { patient } : {}) };
}
