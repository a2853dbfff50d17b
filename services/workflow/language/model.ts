/** What a definition says, as far as it is run here: Serverless Workflow DSL 1.0, in parts. */
import type { Json } from "./values.ts";

export const taskKinds = [
  "call",
  "do",
  "emit",
  "for",
  "fork",
  "listen",
  "raise",
  "run",
  "set",
  "switch",
  "try",
  "wait",
] as const;
export type TaskKind = typeof taskKinds[number];

/** A task as it is written. Its kind is the name of the field that only this kind has. */
export type Task = { [field: string]: Json } & { then?: string };
export type TaskList = Record<string, Task>[];

export type Document = {
  document: {
    dsl: string;
    namespace: string;
    name: string;
    version: string;
    title?: string;
    metadata?: { [name: string]: Json };
  };
  evaluate?: { language?: string };
  input?: Json;
  output?: Json;
  timeout?: Json;
  schedule?: Json;
  use?: { errors?: Record<string, Json>; retries?: Record<string, Json> } & { [key: string]: Json };
  do: TaskList;
} & { [key: string]: unknown };

export type Node = {
  /** A JSON pointer into the document: `/do/0/assess`. */
  reference: string;
  name: string;
  kind: TaskKind;
  task: Task;
  /** The list that it stands in: `/do`. */
  list: string;
  index: number;
  /** The task that holds the list; null at the top. */
  parent: string | null;
};

/** A definition, ready to be run: every task by its place, every list in its order. */
export type Program = {
  document: Document;
  nodes: ReadonlyMap<string, Node>;
  lists: ReadonlyMap<string, readonly Node[]>;
};

export const ROOT = "/do";
/** What clinic-specific words mean, beside or inside `x-clinic`. */
export type ClinicExtension = {
  class?: string;
  compensate?: { call: string; with?: Json };
  join?: "all" | "any" | number;
  maxVisits?: number;
  businessHours?: boolean;
  calendar?: string;
  late?: "fire" | "skip" | { fireWithin: Json };
  lookBack?: Json;
};

const asObject = (value: unknown): Record<string, Json> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? value as Record<string, Json>
    : {};

/** The `x-clinic` extension of a task: fields of its `metadata`, or of `metadata.x-clinic`. */
export function clinicOf(task: Task): ClinicExtension {
  const metadata = asObject(task.metadata);
  return { ...metadata, ...asObject(metadata["x-clinic"]) } as ClinicExtension;
}

/** The lists inside a task, each with the pointer that follows on the task's own. */
export function listsOf(kind: TaskKind, task: Task): [suffix: string, list: TaskList][] {
  const lists: [string, unknown][] = kind === "do"
    ? [["/do", task.do]]
    : kind === "for"
    ? [["/do", task.do]]
    : kind === "fork"
    ? [["/fork/branches", asObject(task.fork).branches]]
    : kind === "try"
    ? [["/try", task.try], ["/catch/do", asObject(task.catch).do]]
    : [];
  return lists.filter(([, list]) => Array.isArray(list)) as [string, TaskList][];
}

/** `for` has a `do` and `try` a `catch`, so the order of asking matters. */
const ASKED: readonly TaskKind[] = [
  "for",
  "try",
  ...taskKinds.filter((kind) => !["for", "try", "do"].includes(kind)),
  "do",
];
export const kindOf = (task: Task): TaskKind | undefined =>
  ASKED.find((kind) => Object.hasOwn(task, kind));

export function compile(document: Document): Program {
  const nodes = new Map<string, Node>();
  const lists = new Map<string, Node[]>();
  const visit = (list: TaskList, path: string, parent: string | null) => {
    const made: Node[] = [];
    lists.set(path, made);
    for (const [index, entry] of list.entries()) {
      const [name, task] = Object.entries(entry)[0]!;
      const kind = kindOf(task);
      if (!kind) throw new TypeError(`${path}/${index}: no known kind of task`);
      const reference = `${path}/${index}/${name}`;
      const node: Node = { reference, name, kind, task, list: path, index, parent };
      made.push(node);
      nodes.set(reference, node);
      for (const [suffix, inner] of listsOf(kind, task)) {
        visit(inner, reference + suffix, reference);
      }
    }
  };
  visit(document.do, ROOT, null);
  return { document, nodes, lists };
}
