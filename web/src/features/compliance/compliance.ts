/** Protocols and findings as the screens need them, and what a form makes of them. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";
import type { Tone } from "../../ui/Notice.tsx";
import type { FindingSearch } from "./search.ts";

export type Finding = WorkflowSchemas["ComplianceFinding"];
export type FindingDetail = WorkflowSchemas["ComplianceFindingDetail"];
export type Protocol = WorkflowSchemas["ComplianceProtocol"];
export type ProtocolDetail = WorkflowSchemas["ComplianceProtocolDetail"];
export type Constraint = WorkflowSchemas["ComplianceConstraint"];
export type ProtocolInput = WorkflowSchemas["ComplianceProtocolInput"];
export type Template = Constraint["template"];

const PAGE = 50;
const POLL_MS = 30_000;

export const findingsQuery = (client: Client, { state, severity, atRisk }: FindingSearch) =>
  infiniteQueryOptions({
    queryKey: ["compliance", "findings", state ?? "", severity ?? "", atRisk ?? false],
    initialPageParam: undefined as string | undefined,
    refetchInterval: POLL_MS,
    queryFn: ({ pageParam, signal }) =>
      client.get("/api/workflow/compliance/findings", {
        query: {
          limit: PAGE,
          ...(state ? { state } : {}),
          ...(severity ? { severity } : {}),
          ...(atRisk ? { isAtRisk: "true" as const } : {}),
          ...(pageParam === undefined ? {} : { cursor: pageParam }),
        },
        signal,
      }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

export const findingQuery = (client: Client, id: string) =>
  queryOptions({
    queryKey: ["compliance", "finding", id],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/compliance/findings/{id}", { path: { id }, signal }),
  });

export const protocolsQuery = (client: Client) =>
  queryOptions({
    queryKey: ["compliance", "protocols"],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/compliance/protocols", { query: { limit: 100 }, signal }),
  });

export const protocolQuery = (client: Client, key: string, version: number) =>
  queryOptions({
    queryKey: ["compliance", "protocol", key, version],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/compliance/protocols/{key}/versions/{version}", {
        path: { key, version: String(version) },
        signal,
      }),
  });

export const reportQuery = (client: Client, key: string, version: number) =>
  queryOptions({
    queryKey: ["compliance", "report", key, version],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/compliance/protocols/{key}/versions/{version}/report", {
        path: { key, version: String(version) },
        signal,
      }),
  });

export const findingTone: Record<Finding["state"], Tone> = {
  satisfied: "good",
  violated: "danger",
  pending: "neutral",
  excused: "neutral",
  indeterminate: "caution",
  not_applicable: "neutral",
};

/** The newest version of every protocol. */
export function newestOf(protocols: readonly Protocol[]): Protocol[] {
  const newest = new Map<string, Protocol>();
  for (const one of protocols) {
    if ((newest.get(one.key)?.version ?? 0) < one.version) newest.set(one.key, one);
  }
  return [...newest.values()].sort((a, b) => a.title.localeCompare(b.title));
}

/** Those about one activity only; all others have a second one. */
const ALONE: ReadonlySet<Template> = new Set(["existence", "absence", "exactly", "init", "last"]);
const COUNTED: ReadonlySet<Template> = new Set(["existence", "absence", "exactly"]);
const PLACED: ReadonlySet<Template> = new Set(["init", "last"]);
export const hasTarget = (template: Template): boolean => !ALONE.has(template);
export const hasCount = (template: Template): boolean => COUNTED.has(template);
export const hasWindow = (template: Template): boolean => !PLACED.has(template);

export type ConstraintForm = {
  name: string;
  template: Template;
  activity: string;
  target: string;
  count: string;
  withinMinutes: string;
  severity: Constraint["severity"];
};
export const emptyConstraint: ConstraintForm = {
  name: "",
  template: "response",
  activity: "",
  target: "",
  count: "1",
  withinMinutes: "",
  severity: "medium",
};

const isWhole = (text: string): boolean => /^[1-9]\d{0,6}$/.test(text.trim());

/** The fields of a constraint that cannot be taken. */
export function faultsOf(form: ConstraintForm): Set<keyof ConstraintForm> {
  const faults = new Set<keyof ConstraintForm>();
  if (!form.name.trim()) faults.add("name");
  if (!form.activity.trim()) faults.add("activity");
  if (hasTarget(form.template) && (!form.target.trim() || form.target === form.activity)) {
    faults.add("target");
  }
  if (hasCount(form.template) && !isWhole(form.count)) faults.add("count");
  if (hasWindow(form.template) && form.withinMinutes.trim() && !isWhole(form.withinMinutes)) {
    faults.add("withinMinutes");
  }
  return faults;
}

export function constraintOf(form: ConstraintForm): ProtocolInput["constraints"][number] {
  const { template, severity } = form;
  return {
    name: form.name.trim(),
    template,
    activity: form.activity.trim(),
    severity,
    graceMinutes: 0,
    when: [],
    if: [],
    ...(hasTarget(template) ? { target: form.target.trim() } : {}),
    ...(hasCount(template) ? { count: Number(form.count) } : {}),
    ...(hasWindow(template) && form.withinMinutes.trim()
      ? { withinMinutes: Number(form.withinMinutes) }
      : {}),
  };
}

export const isKey = (text: string): boolean =>
  /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/.test(text);
