/** What can be done with assistance: see what there is, ask, and decide on what comes back. */
import type { UserActor } from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import * as stance from "../stance/stance.ts";
import { assistanceOf } from "./asking.ts";
import type { Call, TaskViews } from "./model.ts";
import { promptFor } from "./prompts.ts";
import { ruleBased } from "./providers/own.ts";
import * as store from "./store.ts";
import { taskNames } from "./tasks/task.ts";
import { tasks } from "./tasks/tasks.ts";

export { get as getBudget, put as putBudget } from "./budgets.ts";
export { call, preview } from "./calls.ts";
export { accept, edit, get, getPaper, list, reject } from "./proposals.ts";

export async function listTasks(
  deps: Deps,
  { organizationId }: UserActor,
): Promise<z.output<typeof TaskViews>> {
  const judge = await read(
    deps.sql,
    { organizationId },
    (tx) => stance.judgeFor(tx, organizationId),
  );
  const { provider } = assistanceOf(deps);
  const isOn = !provider.isExternal || judge("assistant.external-model").isAllowed;
  return {
    provider: isOn ? provider.id : ruleBased.id,
    items: taskNames.map((task) => {
      const { version, sha256 } = promptFor(task);
      const { permission: needs, kind: effect } = tasks[task].effect;
      const intendedUse = stance.labelOf(`assistant.${task}`);
      const { isAllowed } = judge(`assistant.${task}`);
      return { task, isAllowed, intendedUse, needs, effect, prompt: { version, sha256 } };
    }),
  };
}

export const listCalls = (
  deps: Deps,
  { organizationId }: UserActor,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Call[]> =>
  read(
    deps.sql,
    { organizationId },
    (tx) => store.listCalls(tx, organizationId, { before, limit: limit + 1 }),
  );
