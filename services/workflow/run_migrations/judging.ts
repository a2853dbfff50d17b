/** Whether a run can go on in another version, and what it is there. */
import { clinicOf, type Program } from "../language/language.ts";
import type { Run, Step } from "../runs/model.ts";
import type { Asked } from "./model.ts";

type Places = Pick<Asked, "map">;

const mapped = (node: string, { map }: Places) => Object.hasOwn(map, node) ? map[node]! : node;

/** The task that a list of tasks stands in; undefined for the definition's own list. */
const holderOf = (list: string): string | undefined =>
  list.replace(/\/(do|try|catch\/do|fork\/branches)$/, "") || undefined;

/**
 * Whether a step can go on at its new place, which is as the map says or else the same: a task of
 * the same kind, within the task that its parent has become. A call that may be under way keeps its
 * place, since its key is made of it.
 */
function hasPlace(step: Step, live: readonly Step[], places: Places, program: Program): boolean {
  const place = mapped(step.node, places);
  const found = program.nodes.get(place);
  const parent = live.find(({ id }) => id === step.parentId);
  const isCalling = step.kind === "call" && step.state === "ready" && step.isBegun;
  return found?.kind === step.kind &&
    holderOf(found.list) === (parent && mapped(parent.node, places)) &&
    !(isCalling && place !== step.node);
}

/** What is to be undone is undone by the key under which it was done: it keeps its place, too. */
const canBeUndone = (node: string, places: Places, program: Program) =>
  mapped(node, places) === node &&
  clinicOf(program.nodes.get(node)?.task ?? {}).compensate !== undefined;

/** Places of a run that the new version does not have; none when it can go on there. */
export function lostNodes(
  { state }: Pick<Run, "state">,
  live: readonly Step[],
  places: Places,
  program: Program,
): string[] {
  return [
    ...new Set([
      ...live.filter((step) => !hasPlace(step, live, places, program)).map(({ node }) => node),
      ...state.undo.filter(({ state }) => state === "open").map(({ node }) => node)
        .filter((node) => !canBeUndone(node, places, program)),
    ]),
  ];
}

/** The steps and the counts of visits of a run at their new places. */
export function moved({ state }: Pick<Run, "state">, live: readonly Step[], places: Places) {
  const visits: Record<string, number> = {};
  for (const [node, count] of Object.entries(state.visits)) {
    const place = mapped(node, places);
    visits[place] = Math.max(visits[place] ?? 0, count);
  }
  const steps = live.map((step) => {
    const node = mapped(step.node, places);
    if (node === step.node) return step;
    // Another task may have stood there before: this is a visit of its own.
    return { ...step, node, visit: visits[node] = (visits[node] ?? 0) + 1 };
  });
  return { visits, steps };
}
