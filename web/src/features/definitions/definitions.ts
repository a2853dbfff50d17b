/** Definitions as the screens need them: what is asked, and what may be done with which. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import type { Client, WorkflowSchemas } from "../../api/client.ts";
import { useClient } from "../../api/context.ts";
import type { Box, Line } from "../../ui/graph/GraphView.tsx";
import type { Tone } from "../../ui/Notice.tsx";

export type Definition = WorkflowSchemas["Definition"];
export type DefinitionDetail = WorkflowSchemas["DefinitionDetail"];
export type Finding = WorkflowSchemas["DefinitionFinding"];
export type Simulation = WorkflowSchemas["Simulation"];
export type WorkflowGraph = WorkflowSchemas["WorkflowGraph"];

const PAGE = 100;
const VERSIONS_MAX = 500;
const LONG_MS = 60_000;

/** All versions of all definitions, newest first; a clinic has a few dozen. */
export const definitionsQuery = (client: Client) =>
  queryOptions({
    queryKey: ["definitions", "list"],
    staleTime: LONG_MS,
    queryFn: async ({ signal }) => {
      const all: Definition[] = [];
      let cursor: string | null = null;
      do {
        const page: { items: Definition[]; nextCursor: string | null } = await client.get(
          "/api/workflow/definitions",
          { query: { limit: PAGE, ...(cursor === null ? {} : { cursor }) }, signal },
        );
        all.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && all.length < VERSIONS_MAX);
      return all;
    },
  });

export const definitionQuery = (client: Client, key: string, version: number) =>
  queryOptions({
    queryKey: ["definitions", "one", key, version],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/definitions/{key}/versions/{version}", {
        path: { key, version: String(version) },
        signal,
      }),
  });

export const graphQuery = (client: Client, key: string, version: number) =>
  queryOptions({
    queryKey: ["definitions", "graph", key, version],
    queryFn: ({ signal }) =>
      client.get("/api/workflow/definitions/{key}/versions/{version}/graph", {
        path: { key, version: String(version) },
        signal,
      }),
  });

export const shippedQuery = (client: Client) =>
  queryOptions({
    queryKey: ["definitions", "shipped"],
    queryFn: ({ signal }) => client.get("/api/workflow/shipped-definitions", { signal }),
  });

/** Titles for the keys and versions that runs and enrolments carry. */
export function useTitles(): (key: string, version: number) => string {
  const { data = [] } = useQuery(definitionsQuery(useClient()));
  return (key, version) =>
    (data.find((one) => one.key === key && one.version === version) ??
      data.find((one) => one.key === key))?.title ?? key;
}

export const toneOf: Record<Definition["state"], Tone> = {
  draft: "neutral",
  submitted: "caution",
  active: "good",
  shadow: "neutral",
  retired: "neutral",
};

export type Family = { key: string; newest: Definition; active: Definition | undefined };

/** One line per name: its newest version, and the one that is active. */
export function familiesOf(definitions: readonly Definition[]): Family[] {
  return [...Map.groupBy(definitions, ({ key }) => key)]
    .map(([key, versions]) => {
      const [newest] = versions.toSorted((a, b) => b.version - a.version);
      return { key, newest: newest!, active: versions.find(({ state }) => state === "active") };
    })
    .sort((a, b) => a.newest.title.localeCompare(b.newest.title));
}

type Named = { version: number; state: Definition["state"] };

/** The version to open unless one is asked for: the one that is active, or else the newest. */
export function chosenOf<T extends Named>(versions: readonly T[], asked: number | undefined) {
  return versions.find(({ version }) => version === asked) ??
    versions.find(({ state }) => state === "active") ??
    versions.toSorted((a, b) => b.version - a.version)[0];
}

/** An object, or undefined when `text` is none; empty text is an empty object. */
export function readObject(text: string): Record<string, unknown> | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}

/** A definition as boxes and lines; `noteOf` says what stands below a title. */
export function drawingOf<N extends WorkflowGraph["nodes"][number]>(
  { nodes, edges }: { nodes: readonly N[]; edges: WorkflowGraph["edges"] },
  look: (node: N) => Pick<Box, "note" | "tone" | "isFaint">,
): { boxes: Box[]; lines: Line[] } {
  return {
    boxes: nodes.map((node) => {
      const isEnd = node.kind === "start" || node.kind === "end";
      return { id: node.id, title: titleOf(node), isEnd, ...(isEnd ? {} : look(node)) };
    }),
    lines: edges.map(({ from, to, kind, label }) => ({
      from,
      to,
      ...(label ? { label: label.length > 30 ? `${label.slice(0, 29)}…` : label } : {}),
      ...(kind === "catch" ? { tone: "danger" as const } : {}),
      isDashed: kind !== "next",
    })),
  };
}

/** "callPatient" is "Call patient"; what people have written stays as it is. */
export function titleOf({ title }: { title: string }): string {
  if (/\s/.test(title)) return title;
  const words = title.replace(/([a-z\d])([A-Z])/g, "$1 $2").replaceAll(/[-_]+/g, " ").toLowerCase();
  return words ? words[0]!.toUpperCase() + words.slice(1) : title;
}

/** The function that the task at `node`, a JSON pointer into the document, calls. */
export function callOf(document: unknown, node: string): string | undefined {
  let value = document;
  for (const name of node.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  const call = (value as { call?: unknown } | undefined)?.call;
  return typeof call === "string" ? call : undefined;
}

/** What a task does, in the words of `text.run.kinds`: asking people is told from asking services. */
export function kindOf(kind: string, call: string | undefined): string {
  if (call === "clinic.humanTask") return "person";
  return call === "clinic.note" ? "note" : kind;
}
