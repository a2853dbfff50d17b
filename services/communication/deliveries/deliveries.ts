/** What can be done with deliveries. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { read, transaction } from "@praxis/shared/postgres";
import type { z } from "zod";
import * as attempts from "../attempts/attempts.ts";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import type { DeliveryDetail } from "./model.ts";
import { move } from "./sending.ts";
import * as store from "./store.ts";

export async function getDelivery(
  deps: Deps,
  organizationId: string,
  id: string,
): Promise<z.input<typeof DeliveryDetail>> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const delivery = await store.find(tx, organizationId, id);
    if (!delivery) throw problem("delivery-not-found");
    const [history, events] = await Promise.all([
      attempts.list(tx, id),
      store.listEvents(tx, organizationId, id),
    ]);
    return {
      ...delivery,
      history: history.map(({ startedAt, endedAt, ...attempt }) => ({
        ...attempt,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
      })),
      events: events.map(({ type, at }) => ({ type, at: at.toISOString() })),
    };
  });
}

/** What has failed, or is held because nobody knows: a person decides. */
export async function decide(
  deps: Deps,
  actor: UserActor,
  { id, isSent, reason }: { id: string; isSent: boolean; reason: string },
  { requestId }: { requestId: string },
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const pending = await store.findPending(tx, { id, organizationId }, at);
    if (!pending) throw problem("delivery-not-found");
    const done = isSent
      ? await move(tx, organizationId, pending, ["held"], { state: "accepted", at })
      : await store.advance(tx, id, ["held", "failed"], {
        state: "queued",
        reason: "retried",
        dueAt: at,
        at,
      });
    if (!done) throw problem("delivery-not-waiting");
    const last = (await attempts.list(tx, id)).at(-1);
    if (last?.outcome === "ambiguous") {
      const settled = isSent ? "accepted" : "not_accepted";
      await attempts.settle(tx, { deliveryId: id, n: last.n, settled });
    }
    if (!isSent) await store.notifyWorkers(tx);
    await record(tx, at, {
      actor,
      organizationId,
      action: isSent ? "delivery.resolved" : "delivery.retried",
      subject: { type: "delivery", id },
      requestId,
      details: { reasonLength: reason.length },
    });
  });
}

export { insertDeliveries, list, listOfMessage } from "./store.ts";
export { plan } from "./planning.ts";
export { drainDeliveries, startWorker, type Worker } from "./worker.ts";
export { move } from "./sending.ts";
