/** The worker: takes what is due, organizations in turn, as many at once as it may. */
import { transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as webhooks from "../webhooks/webhooks.ts";
import { send } from "./sending.ts";
import { settle } from "./settling.ts";
import * as store from "./store.ts";

/** Calls under way at once. */
const PARALLEL = 16;
/** Fewer free places than this are not filled by themselves. */
const CLAIM_MIN = 6;
/** Rounds between two looks at what is to be settled. */
const SETTLE_EVERY = 20;
/** How often is looked for what has become due without anybody saying so. */
const POLL_MS = 1_000;

export type Worker = {
  /** Works until nothing is due; for tests and tools. Returns how many deliveries it took. */
  drain(): Promise<number>;
  stop(): Promise<void>;
};

const leaseOf = (deps: Deps) => {
  const now = deps.now();
  return { now, leasedUntil: new Date(now.getTime() + deps.limits.leaseSeconds * 1000) };
};

/** Whatever goes wrong with one delivery, the lease ends and it is taken up again. */
async function guarded(deps: Deps, of: store.Claimed, work: typeof send): Promise<void> {
  try {
    await work(deps, of);
  } catch (error) {
    deps.log.error("a delivery was left for later", error, { deliveryId: of.id });
  }
}

type Taken = { organizationId: string; work: () => Promise<void> };

async function claim(
  deps: Deps,
  { limit, busy, settles }: {
    limit: number;
    busy: ReadonlyMap<string, number>;
    settles: boolean;
  },
): Promise<Taken[]> {
  const lease = { ...leaseOf(deps), limit };
  return await transaction(deps.sql, "system", async (tx) => {
    const unsettled = settles ? await store.claimUnsettled(tx, lease) : [];
    const due = await store.claimDue(tx, { ...lease, limit: limit - unsettled.length, busy });
    const taking = (work: typeof send) => (of: store.Claimed): Taken => ({
      organizationId: of.organizationId,
      work: () => guarded(deps, of, work),
    });
    return [...unsettled.map(taking(settle)), ...due.map(taking(send))];
  });
}

/** Works off everything that is due now, once. */
export async function drainDeliveries(deps: Deps): Promise<number> {
  let total = 0;
  const underWay = new Set<Promise<void>>();
  const busy = new Map<string, number>();
  const count = (organizationId: string, change: number) => {
    const left = (busy.get(organizationId) ?? 0) + change;
    if (left === 0) busy.delete(organizationId);
    else busy.set(organizationId, left);
  };
  for (let round = 0;; round++) {
    const limit = PARALLEL - underWay.size;
    // Asked for one at a time, each would cost a transaction of its own.
    const isWorthIt = limit >= CLAIM_MIN || underWay.size === 0;
    const settles = round % SETTLE_EVERY === 0 || underWay.size === 0;
    const claimed = isWorthIt ? await claim(deps, { limit, busy, settles }) : [];
    total += claimed.length;
    for (const { organizationId, work } of claimed) {
      count(organizationId, 1);
      const one = work().finally(() => {
        underWay.delete(one);
        count(organizationId, -1);
      });
      underWay.add(one);
    }
    if (underWay.size === 0) return total;
    await Promise.race(underWay);
  }
}

/** Works in this process until `stop`. */
export async function startWorker(deps: Deps): Promise<Worker> {
  let isStopped = false;
  let wake = () => {};
  let again = false;
  const wakeUp = () => {
    again = true;
    wake();
  };
  const sleep = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (again) wake();
    });
  const listening = await deps.sql.listen(store.CHANNEL, wakeUp, wakeUp);
  const loop = async (work: () => Promise<unknown>) => {
    while (!isStopped) {
      again = false;
      try {
        await work();
      } catch (error) {
        deps.log.error("deliveries wait", error);
      }
      if (!isStopped) await sleep();
    }
  };
  const running = loop(() => Promise.all([drainDeliveries(deps), drainWebhooks(deps)]));
  return {
    drain: () => drainDeliveries(deps),
    async stop() {
      isStopped = true;
      wakeUp();
      await running;
      await listening.unlisten();
    },
  };
}

async function drainWebhooks(deps: Deps): Promise<void> {
  while (await webhooks.drain(deps) > 0);
}
