/** The worker: takes what is due, organizations in turn, as many at once as it may. */
import { transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as pauses from "../pauses/pauses.ts";
import * as webhooks from "../webhooks/webhooks.ts";
import { send } from "./sending.ts";
import { settle } from "./settling.ts";
import { CHANNEL } from "./model.ts";
import * as store from "./store.ts";
import { createTurns, type InTurn } from "./turns.ts";

/** Calls under way at once, of one organization as well as of all. */
const PARALLEL = 16;
/** Beyond that, for organizations that come while the others' are under way. */
const PARALLEL_MAX = 48;
/** Fewer free places than this are not filled by themselves. */
const CLAIM_MIN = 6;
/** As many as there are connections: whoever else wants one waits for one piece of work at most. */
const DATABASE_TURNS = 4;
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
  { limit, busy, settles, inTurn }: {
    limit: number;
    busy: ReadonlyMap<string, number>;
    settles: boolean;
    inTurn: InTurn;
  },
): Promise<Taken[]> {
  const lease = { ...leaseOf(deps), limit };
  return await transaction(deps.sql, "system", async (tx) => {
    const unsettled = settles ? await store.claimUnsettled(tx, lease) : [];
    const left = limit - unsettled.length;
    const due = await store.claimDue(tx, { ...lease, limit: left, most: PARALLEL, busy });
    const taking = (work: typeof send) => (of: store.Claimed): Taken => ({
      organizationId: of.organizationId,
      work: () => guarded(deps, of, (deps, of) => work(deps, of, inTurn)),
    });
    return [...unsettled.map(taking(settle)), ...due.map(taking(send))];
  });
}

/** Organizations that have something new, as the database tells while others' is worked off. */
export type Newcomers = { ids: Set<string>; came: PromiseWithResolvers<void> };

export const noNewcomers = (): Newcomers => ({ ids: new Set(), came: Promise.withResolvers() });

/** Works off everything that is due now, once. */
export async function drainDeliveries(deps: Deps, newcomers = noNewcomers()): Promise<number> {
  let total = 0;
  const underWay = new Set<Promise<void>>();
  const busy = new Map<string, number>();
  const inTurn = createTurns(DATABASE_TURNS);
  const count = (organizationId: string, change: number) => {
    const left = (busy.get(organizationId) ?? 0) + change;
    if (left === 0) busy.delete(organizationId);
    else busy.set(organizationId, left);
  };
  for (let round = 0;; round++) {
    // Whoever has something under way gets its next with everybody's.
    const someoneCame = [...newcomers.ids].some((id) => !busy.has(id));
    newcomers.ids.clear();
    newcomers.came = Promise.withResolvers();
    const free = PARALLEL - underWay.size;
    const limit = someoneCame ? Math.min(PARALLEL, PARALLEL_MAX - underWay.size) : free;
    // Asked for one at a time, each would cost a transaction of its own.
    const isWorthIt = limit > 0 && (someoneCame || free >= CLAIM_MIN || underWay.size === 0);
    const settles = free > 0 && (round % SETTLE_EVERY === 0 || underWay.size === 0);
    const claimed = isWorthIt ? await claim(deps, { limit, busy, settles, inTurn }) : [];
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
    await Promise.race([...underWay, newcomers.came.promise]);
  }
}

/** Does `work` again and again: when woken, and every now and then. */
function repeat(deps: Deps, [what, work]: [what: string, work: () => Promise<unknown>]) {
  let isStopped = false;
  let again = false;
  let wake = () => {};
  const sleep = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (again) wake();
    });
  const wakeUp = () => {
    again = true;
    wake();
  };
  const run = async () => {
    while (!isStopped) {
      again = false;
      try {
        await work();
      } catch (error) {
        deps.log.error(`${what} wait`, error);
      }
      if (!isStopped) await sleep();
    }
  };
  const running = run();
  return {
    wakeUp,
    async stop() {
      isStopped = true;
      wakeUp();
      await running;
    },
  };
}

/** Works in this process until `stop`. */
export async function startWorker(deps: Deps): Promise<Worker> {
  const newcomers = noNewcomers();
  // Each for itself: an organization's systems do not wait until all its letters are out.
  const loops = [
    repeat(deps, ["deliveries", () => drainDeliveries(deps, newcomers)]),
    repeat(deps, ["webhooks", () => webhooks.drain(deps)]),
    repeat(deps, ["notices of paused accounts", () => pauses.announce(deps)]),
  ];
  const wakeUp = () => loops.forEach((loop) => loop.wakeUp());
  const onNotify = (organizationId: string) => {
    wakeUp();
    if (organizationId === "") return;
    newcomers.ids.add(organizationId);
    newcomers.came.resolve();
  };
  const listening = await deps.sql.listen(CHANNEL, onNotify, wakeUp);
  return {
    drain: () => drainDeliveries(deps),
    async stop() {
      await Promise.all(loops.map((loop) => loop.stop()));
      await listening.unlisten();
    },
  };
}
