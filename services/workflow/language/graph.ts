/** A definition as something that can be drawn: its tasks, and where each may lead. */
import { targetsOf } from "./flow.ts";
import { type Node, type Program, ROOT, type TaskKind } from "./model.ts";

export type GraphNode = {
  /** A JSON pointer into the document, or `start` and `end`. */
  id: string;
  title: string;
  kind: TaskKind | "start" | "end";
  /** The task that it stands in; null at the top. */
  parent: string | null;
};

export type GraphEdge = {
  from: string;
  to: string;
  /** `into`: from a task to what it holds. `catch`: where its errors go. */
  kind: "next" | "into" | "catch";
  /** The case of a switch, or the condition that has to hold. */
  label: string | null;
};

export type Graph = { nodes: GraphNode[]; edges: GraphEdge[] };

const START: GraphNode = { id: "start", title: "Start", kind: "start", parent: null };
const END: GraphNode = { id: "end", title: "End", kind: "end", parent: null };

/** What a person reads: the words of whoever is asked, or the name of the task. */
function titleOf({ task, name }: Node): string {
  const { with: args } = task as { with?: { title?: unknown } };
  const title = args?.title;
  return typeof title === "string" && !title.includes("${") ? title : name;
}

/** Leaving an inner list leads back to the task that holds it, which goes on by its own edges. */
function edgesOf(node: Node, list: readonly Node[]): GraphEdge[] {
  if (node.list.endsWith("/fork/branches")) return [];
  const isAtTop = node.list === ROOT;
  return targetsOf(node, list).flatMap(({ to, by }): GraphEdge[] => {
    const next = list[to]?.reference ?? (isAtTop ? END.id : undefined);
    if (next === undefined) return [];
    const label = by === "then" ? null : by;
    return [{ from: node.reference, to: next, kind: "next", label }];
  });
}

export function graphOf({ nodes, lists }: Program): Graph {
  const edges: GraphEdge[] = [];
  for (const [path, list] of lists) {
    const [first] = list;
    if (!first) continue;
    if (path === ROOT) {
      edges.push({ from: START.id, to: first.reference, kind: "next", label: null });
    } else {
      const isCatch = path.endsWith("/catch/do");
      const entered = path.endsWith("/fork/branches") ? list : [first];
      for (const { reference, parent } of entered) {
        const kind = isCatch ? "catch" : "into";
        edges.push({ from: parent!, to: reference, kind, label: null });
      }
    }
    for (const node of list) edges.push(...edgesOf(node, list));
  }
  const tasks = [...nodes.values()].map((node): GraphNode => ({
    id: node.reference,
    title: titleOf(node),
    kind: node.kind,
    parent: node.parent,
  }));
  return { nodes: [START, ...tasks, END], edges };
}
