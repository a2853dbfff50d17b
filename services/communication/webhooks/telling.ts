/** Tells organizations' systems what is due: endpoints in turn, signed, each telling to its end. */
import { read, transaction } from "@praxis/shared/postgres";
import { Webhook } from "standardwebhooks";
import type { Deps } from "../deps.ts";
import { unseal } from "../sealing.ts";
import { retryAt } from "./model.ts";
import { postTo } from "./posting.ts";
import * as store from "./store.ts";

const TIMEOUT_MS = 10_000;
/** Calls under way at once, in all and to one endpoint. */
const PARALLEL = 16;
const PARALLEL_EACH = 4;
/** How often is looked for more while calls are under way. */
const LOOK_AGAIN_MS = 1_000;

const REFUSALS = {
  inside: "not a public address",
  unknown: "not a public address",
  "no-answer": "no answer",
} as const;

async function post(
  deps: Deps,
  endpoint: store.EndpointRow,
  { eventId, payload }: store.Due,
): Promise<{ status: string; isDelivered: boolean; isGone: boolean }> {
  const now = deps.now();
  const open = (sealed: Uint8Array) =>
    new Webhook(unseal(deps.encryptionKey, "webhook-secret", endpoint.id, sealed));
  const keys = [open(endpoint.sealedSecret)];
  const { sealedPreviousSecret, previousUntil } = endpoint;
  if (sealedPreviousSecret && previousUntil && previousUntil > now) {
    keys.push(open(sealedPreviousSecret));
  }
  const { resolve, tlsCa } = deps.calls;
  const answer = await postTo({
    url: endpoint.url,
    body: payload,
    headers: {
      "content-type": "application/json",
      "webhook-id": eventId,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
      "webhook-signature": keys.map((key) => key.sign(eventId, now, payload)).join(" "),
    },
    timeoutMs: TIMEOUT_MS,
    mayCallInside: deps.limits.mayCallInside,
    resolve,
    tlsCa,
  });
  if ("refused" in answer) {
    return { status: REFUSALS[answer.refused], isDelivered: false, isGone: false };
  }
  const { status } = answer;
  return {
    status: `HTTP ${status}`,
    isDelivered: status >= 200 && status < 300,
    isGone: status === 410,
  };
}

/** Takes one telling to its end, or to its next time. */
async function tellOne(deps: Deps, due: store.Due): Promise<void> {
  const { organizationId, endpointId, id } = due;
  const endpoint = await read(
    deps.sql,
    { organizationId },
    (tx) => store.find(tx, organizationId, endpointId),
  );
  if (!endpoint) return;
  const { status, isDelivered, isGone } = await post(deps, endpoint, due);
  const dueAt = isDelivered || isGone ? undefined : retryAt(due.attempts + 1, deps.now());
  const state = isDelivered ? "delivered" : dueAt ? "pending" : "failed";
  await transaction(
    deps.sql,
    { organizationId },
    (tx) => store.finish(tx, { id, state, status, dueAt }),
  );
}

async function claim(deps: Deps, limit: number, busy: ReadonlyMap<string, number>) {
  const now = deps.now();
  const leasedUntil = new Date(now.getTime() + 3 * TIMEOUT_MS);
  const wanted = { now, leasedUntil, limit, most: PARALLEL_EACH, busy };
  return await transaction(deps.sql, "system", (tx) => store.claim(tx, wanted));
}

/** Tells what is due until nothing is; how many were told or tried. */
export async function drain(deps: Deps): Promise<number> {
  let total = 0;
  const underWay = new Set<Promise<void>>();
  const busy = new Map<string, number>();
  const count = (endpointId: string, change: number) => {
    const left = (busy.get(endpointId) ?? 0) + change;
    if (left === 0) busy.delete(endpointId);
    else busy.set(endpointId, left);
  };
  for (;;) {
    const due = underWay.size < PARALLEL ? await claim(deps, PARALLEL - underWay.size, busy) : [];
    total += due.length;
    for (const one of due) {
      count(one.endpointId, 1);
      const telling = tellOne(deps, one)
        .catch((error) => deps.log.error("a webhook was left for later", error, { id: one.id }))
        .finally(() => {
          underWay.delete(telling);
          count(one.endpointId, -1);
        });
      underWay.add(telling);
    }
    if (underWay.size === 0) return total;
    await oneOf(underWay, LOOK_AGAIN_MS);
  }
}

/** Whoever is slow keeps nobody from being looked for. */
async function oneOf(work: Iterable<Promise<void>>, limitMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, limitMs));
  await Promise.race([...work, late]);
  clearTimeout(timer);
}
