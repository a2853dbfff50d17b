/** The call of a service that a step makes, on behalf of its run. */
import type { CatalogueFunction, Request } from "../language/language.ts";
import type { MachineOptions } from "./core.ts";
import { keyOf, type Step } from "./state.ts";

/** `args` fit the function's input. An undo is told the key of what it undoes. */
export async function requestOf(
  { run, authorId, membersOf }: MachineOptions,
  step: Step,
  { request, pools }: CatalogueFunction,
  args: unknown,
): Promise<Request> {
  const named = pools?.(args as never) ?? [];
  return request!(args as never, {
    organizationId: run.organizationId,
    runId: run.id,
    startedBy: run.startedBy.id,
    authorId,
    key: keyOf(run.id, step),
    undoOf: keyOf(run.id, { ...step, isUndo: false }),
    members: named.length === 0 ? [] : await membersOf(named),
  });
}
