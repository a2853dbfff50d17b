/** Whether a definition's tasks are reached, come to an end, and stand in an order that works. */
import { clinicOf, type Node, type Program } from "./model.ts";
import { type Finding, odd, wrong } from "./parse.ts";

const DIRECTIVES = new Set(["continue", "exit", "end"]);

/** Where a task may lead: indexes in its list, or `list.length` for leaving it. */
export function targetsOf(node: Node, list: readonly Node[]): { to: number; by: string }[] {
  const branch = node.list.endsWith("/fork/branches");
  const resolve = (then: unknown): number => {
    if (branch || then === "exit" || then === "end") return list.length;
    if (then === undefined || then === "continue") return node.index + 1;
    const at = list.findIndex(({ name }) => name === then);
    return at < 0 ? list.length : at;
  };
  if (node.kind === "raise") return [];
  if (node.kind !== "switch") {
    return [
      { to: resolve(node.task.then), by: "then" },
      // A task whose condition does not hold is passed over.
      ...(node.task.if === undefined ? [] : [{ to: node.index + 1, by: "if" }]),
    ];
  }
  const cases = (node.task.switch as unknown as Record<string, { when?: string; then?: string }>[])
    .map((entry) => Object.entries(entry)[0]!);
  const hasDefault = cases.some(([, { when }]) => when === undefined);
  return [
    ...cases.map(([by, { then }]) => ({ to: resolve(then), by })),
    ...(hasDefault ? [] : [{ to: resolve(node.task.then), by: "no case" }]),
  ];
}

function checkTargets(node: Node, list: readonly Node[]): Finding[] {
  const names = new Set(list.map(({ name }) => name));
  const thens: [string, unknown][] = [[`${node.reference}/then`, node.task.then]];
  if (node.kind === "switch") {
    const cases = node.task.switch as unknown as Record<string, { then?: string }>[];
    for (const [at, entry] of cases.entries()) {
      const [name, branch] = Object.entries(entry)[0]!;
      thens.push([`${node.reference}/switch/${at}/${name}/then`, branch?.then]);
    }
  }
  return thens.flatMap(([pointer, then]) =>
    typeof then !== "string" || DIRECTIVES.has(then) || names.has(then)
      ? []
      : [wrong(pointer, "unknown-target", `There is no task ${then} in this list.`)]
  );
}

function reach(from: number, edges: readonly number[][]): Set<number> {
  const seen = new Set([from]);
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const to of edges[at] ?? []) {
      if (!seen.has(to)) {
        seen.add(to);
        open.push(to);
      }
    }
  }
  return seen;
}

function checkList(list: readonly Node[]): Finding[] {
  const findings = list.flatMap((node) => checkTargets(node, list));
  if (findings.length > 0 || list[0]?.list.endsWith("/fork/branches")) return findings;
  const edges = list.map((node) => targetsOf(node, list).map(({ to }) => to));
  const reached = reach(0, edges);
  for (const node of list) {
    if (!reached.has(node.index)) {
      findings.push(wrong(node.reference, "unreachable", "No way leads to this task."));
      continue;
    }
    const ends = [...reach(node.index, edges)].some((at) =>
      at >= list.length || list[at]!.kind === "raise"
    );
    if (!ends) findings.push(wrong(node.reference, "endless", "No way leads out from this task."));
    for (const { to, by } of targetsOf(node, list)) {
      if (to > node.index || to >= list.length) continue;
      const bound = clinicOf(list[to]!.task).maxVisits;
      if (!Number.isInteger(bound) || bound! < 1 || bound! > 1_000) {
        const detail = `${by} goes back to ${list[to]!.name}: give that metadata.maxVisits ≤ 1000.`;
        findings.push(wrong(node.reference, "unbounded-loop", detail));
      }
    }
  }
  return findings;
}

/** What can be undone must come before the point of no return, what must succeed after it. */
function checkPivots({ nodes }: Program): Finding[] {
  const calls = [...nodes.values()].filter(({ kind }) => kind === "call");
  const classOf = (node: Node) => clinicOf(node.task).class;
  const pivotAt = calls.findIndex((node) => classOf(node) === "pivot");
  return calls.flatMap((node, at) => {
    const kind = classOf(node);
    if (kind === "compensatable" && pivotAt >= 0 && at > pivotAt) {
      return [wrong(node.reference, "pivot-order", "After the pivot nothing is undone any more.")];
    }
    if (kind === "retryable" && (pivotAt < 0 || at < pivotAt)) {
      return [wrong(node.reference, "pivot-order", "Before the pivot it could still be undone.")];
    }
    if (kind === "irreversible" && node.list.endsWith("/fork/branches")) {
      return [odd(node.reference, "irreversible-branch", "Losing the race will not undo it.")];
    }
    return [];
  });
}

export function checkFlow(program: Program): Finding[] {
  return [...[...program.lists.values()].flatMap(checkList), ...checkPivots(program)];
}
