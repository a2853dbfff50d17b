/** Workflow's own part in sagas: a new clinic finds what it has to do first. */
import { record } from "@praxis/shared/audit";
import { carryOut, type Order, takeBack } from "@praxis/shared/orders";
import { transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as tasks from "../tasks/tasks.ts";
import { firstTasksOf } from "./model.ts";
import * as store from "./store.ts";

const preparing = (organizationId: string) => ({
  organizationId,
  route: "organization.prepare",
  subject: organizationId,
});

/** Opens the first tasks of a clinic. */
export async function prepare(deps: Deps, order: Order, organizationId: string): Promise<void> {
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut(tx, order, preparing(organizationId), async () => {
        const at = deps.now();
        const { actor, requestId } = order;
        const first = firstTasksOf(organizationId, at);
        return await tasks.openAll(tx, at, { organizationId, actor, requestId, tasks: first });
      }),
  );
}

export async function clear(
  deps: Deps,
  order: Order,
  { organizationId, undoOf }: { organizationId: string; undoOf: string },
): Promise<void> {
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack<string[]>(tx, order, { ...preparing(organizationId), undoOf }, async (opened) => {
        const ids = await store.cancel(tx, organizationId, opened);
        const entries = ids.map((id) => ({
          actor,
          organizationId,
          action: "task.cancelled",
          subject: { type: "task", id },
          requestId,
        }));
        if (entries.length > 0) await record(tx, deps.now(), ...entries);
      }),
  );
}
