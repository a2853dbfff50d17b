/** Alerts and the rules behind them, as the screens ask for them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";
import type { Tone } from "../../ui/Notice.tsx";
import type { AlertSearch } from "./search.ts";

export type Alert = WorkflowSchemas["Alert"];
export type Rule = WorkflowSchemas["Rule"];
export type Decided = WorkflowSchemas["Decided"];

const PAGE = 50;
const POLL_MS = 30_000;

export const alertsQuery = (client: Client, { list, patient }: AlertSearch) =>
  infiniteQueryOptions({
    queryKey: ["alerts", list ?? "", patient ?? ""],
    initialPageParam: undefined as string | undefined,
    refetchInterval: POLL_MS,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/workflow/alerts", {
        query: {
          limit: PAGE,
          ...(list === undefined ? { isOpen: "true", disposition: "shown" } : {}),
          ...(list === "answered" ? { isOpen: "false" } : {}),
          ...(patient ? { patientId: patient } : {}),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const rulesQuery = (client: Client) =>
  queryOptions({
    queryKey: ["rules"],
    queryFn: ({ signal }) => client.get("/api/workflow/rules", { query: { limit: 100 }, signal }),
  });

export const ruleQuery = (client: Client, key: string, version: number) =>
  queryOptions({
    queryKey: ["rules", key, version],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/rules/{key}/versions/{version}", {
        path: { key, version: String(version) },
        signal,
      }),
  });

export const toneOf: Record<Alert["indicator"], Tone> = {
  info: "neutral",
  warning: "caution",
  critical: "danger",
};

/** The newest version of every rule. */
export function newestOf(rules: readonly Rule[]): Rule[] {
  const newest = new Map<string, Rule>();
  for (const rule of rules) {
    if ((newest.get(rule.key)?.version ?? 0) < rule.version) newest.set(rule.key, rule);
  }
  return [...newest.values()].sort((a, b) => a.title.localeCompare(b.title));
}
