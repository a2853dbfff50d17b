/** Runs as the screens need them: what is asked, what a step is called, how far a run is. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";
import type { Tone } from "../../ui/Notice.tsx";
import type { RunSearch } from "./search.ts";
import { titleOf } from "../definitions/definitions.ts";

export type Run = WorkflowSchemas["Run"];
export type RunDetail = WorkflowSchemas["RunDetail"];
export type Step = WorkflowSchemas["RunStep"];
export type RunGraph = WorkflowSchemas["RunGraph"];
export type HistoryEntry = WorkflowSchemas["RunHistoryEntry"];
export type RunStatus = Run["status"];

const PAGE = 50;
const POLL_MS = 30_000;

export const runsQuery = (
  client: Client,
  { status, key, shadow, patientId }: RunSearch & { patientId?: string },
) =>
  infiniteQueryOptions({
    queryKey: ["runs", "list", status ?? "", key ?? "", shadow ?? false, patientId ?? ""],
    initialPageParam: undefined as string | undefined,
    refetchInterval: POLL_MS,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/workflow/runs", {
        query: {
          limit: PAGE,
          ...(status ? { status } : {}),
          ...(key ? { key } : {}),
          ...(shadow ? {} : { isShadow: "false" }),
          ...(patientId ? { patientId } : {}),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const runQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["runs", "one", id],
    queryFn: ({ signal }) => client.get("/api/workflow/runs/{id}", { path: { id }, signal }),
  });

export const runGraphQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["runs", "graph", id],
    queryFn: ({ signal }) => client.get("/api/workflow/runs/{id}/graph", { path: { id }, signal }),
  });

const HISTORY_MAX = 100;
export const historyQuery = (client: Client, id: string) =>
  infiniteQueryOptions({
    queryKey: ["runs", "history", id],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/workflow/runs/{id}/history", {
        path: { id },
        query: { limit: HISTORY_MAX, ...(pageParam === undefined ? {} : { cursor: pageParam }) },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const runTasksQuery = (client: Client, runId: string) =>
  queryOptions({
    queryKey: ["tasks", "of-run", runId],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/tasks", {
        query: { runId, limit: 100, snoozed: "true" },
        signal,
      }),
  });

export const isOver = (status: RunStatus): boolean =>
  !["running", "suspended", "compensating", "failed"].includes(status);

export const toneOf: Record<RunStatus, Tone> = {
  running: "neutral",
  suspended: "caution",
  compensating: "caution",
  completed: "good",
  compensated: "neutral",
  compensation_failed: "danger",
  cancelled: "neutral",
  failed: "danger",
};

export type Operation = "suspend" | "resume" | "retry" | "skip" | "cancel";

/** What an operator may do with a run as it stands; the service decides by itself. */
export function operationsOf(status: RunStatus): Operation[] {
  if (status === "running") return ["suspend", "cancel"];
  if (status === "suspended") return ["resume", "cancel"];
  if (status === "failed") return ["retry", "cancel"];
  return status === "compensation_failed" ? ["retry"] : [];
}

/** "Call patient" of `/do/2/callPatient`: the words of whoever has named it. */
export function nameOf(node: string): string {
  return titleOf({ title: node.split("/").at(-1) || node });
}

/** How deep a step stands in others. */
export function depthsOf(steps: readonly Step[]): Map<string, number> {
  const depths = new Map<string, number>();
  for (const { id, parentId } of steps) {
    depths.set(id, parentId === null ? 0 : (depths.get(parentId) ?? -1) + 1);
  }
  return depths;
}

/** The steps in the order in which they were begun, each below the one that holds it. */
export function inOrder(steps: readonly Step[]): Step[] {
  const byParent = Map.groupBy(steps, ({ parentId }) => parentId);
  const known = new Set(steps.map(({ id }) => id));
  const visit = (parent: string | null): Step[] =>
    (byParent.get(parent) ?? []).flatMap((step) => [step, ...visit(step.id)]);
  const orphans = steps.filter(({ parentId }) => parentId !== null && !known.has(parentId));
  return [...visit(null), ...orphans.flatMap((step) => [step, ...visit(step.id)])];
}

/** Why a step failed, in the words of whoever has failed it. */
export function errorOf({ error }: Pick<Step, "error">): string | undefined {
  if (error === null || typeof error !== "object") return undefined;
  const { title, detail, type } = error as { title?: string; detail?: string; type?: string };
  return detail ?? title ?? type?.split("/").at(-1);
}
