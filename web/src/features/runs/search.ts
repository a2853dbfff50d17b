/** Which runs the list shows, as the page's address says it. */
import type { WorkflowSchemas } from "../../api/client.ts";

type RunStatus = WorkflowSchemas["Run"]["status"];

export const RUN_STATUSES = [
  "running",
  "failed",
  "suspended",
  "compensating",
  "compensation_failed",
  "completed",
  "compensated",
  "cancelled",
] as const satisfies readonly RunStatus[];

export type RunSearch = { status?: RunStatus; key?: string; shadow?: true };

export function readRunSearch({ status, key, shadow }: Record<string, unknown>): RunSearch {
  const known = RUN_STATUSES.find((one) => one === status);
  return {
    ...(known ? { status: known } : {}),
    ...(typeof key === "string" && /^[a-zA-Z\d-]{1,63}$/.test(key) ? { key } : {}),
    ...(shadow === true ? { shadow } : {}),
  };
}
