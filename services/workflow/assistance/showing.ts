/** A kept proposal as it is said outside. */
import { labelOf } from "../stance/stance.ts";
import type { Proposal } from "./model.ts";
import type { Kept } from "./store.ts";
import { tasks } from "./tasks/tasks.ts";

export function show({ material: _material, ...kept }: Kept): Proposal {
  const task = tasks[kept.task];
  return {
    ...kept,
    rendered: task.render(kept.edited ?? kept.output),
    needs: task.effect.permission,
    intendedUse: labelOf(`assistant.${kept.task}`),
  };
}
