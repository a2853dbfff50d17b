/** Carries facts from the outbox to their subscribers, in order per aggregate, at least once. */
import type { ServiceToken } from "../auth/service_token.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import type { Log } from "../telemetry/log.ts";
import { BATCH_MAX, createCourier } from "./courier.ts";
import * as store from "./store.ts";

/** Deliveries under way to one subscriber; each subscriber has as many of its own. */
const LANE_WIDTH = 2 * BATCH_MAX;
/** Longer than a delivery may take, in a batch and then alone, so that no lease ends under a living relay. */
const LEASE_SECONDS = 30;
/** A wake-up may be lost with its connection, so the relay also looks by itself. */
const POLL_MS = 1_000;
const BACKOFF_SECONDS_MAX = 60;
/** About a day of trying while nobody answers. */
const ATTEMPTS_MAX = 1_500;
/** About an hour of trying while the receiver answers that it cannot take this fact. */
const REFUSALS_MAX = 65;
const PURGE_EVERY_MS = 10 * 60_000;
const PURGE_BATCH = 5_000;
/** Marks of what came in outlive everything that could still be told again. */
const RETENTION = { toldDays: 7, heardDays: 90, limit: PURGE_BATCH };

/** Seconds until the next try: 0.5, 1, 2 … 60. */
export function backoffSeconds(attempts: number): number {
  return Math.min(0.5 * 2 ** Math.min(attempts, 10), BACKOFF_SECONDS_MAX);
}

type Options = {
  sql: Sql;
  discover: Discovery;
  serviceToken: ServiceToken;
  log: Log;
};

export type Relay = {
  /** Delivers everything that is due; resolves when nothing is left to do at once. */
  drain(): Promise<void>;
  /** Removes what was told long ago; the relay also does so by itself. */
  purge(): Promise<void>;
  stop(): Promise<void>;
};

/** Marks that come while a commit is under way share the next one. */
function createSettler(sql: Sql, subscriber: string, log: Log) {
  let waiting: string[] = [];
  let underWay: Promise<void> | undefined;
  async function settle(): Promise<void> {
    while (waiting.length > 0) {
      const seqs = waiting;
      waiting = [];
      // Unmarked, it is told again when its lease has run out, and the receiver remembers.
      await transaction(sql, "system", (tx) => store.markDelivered(tx, subscriber, seqs))
        .catch((error) => log.error("deliveries not marked", error, { count: seqs.length }));
    }
  }
  return async (seqs: readonly string[]): Promise<void> => {
    if (seqs.length === 0) return;
    waiting.push(...seqs);
    underWay ??= settle().finally(() => underWay = undefined);
    await underWay;
  };
}

type Settle = ReturnType<typeof createSettler>;

/** Starts to relay: woken by each commit that published something. */
export async function startRelay({ sql, discover, serviceToken, log }: Options): Promise<Relay> {
  let stopping = false;

  const courier = createCourier({ discover, serviceToken });

  /** Many at once; what did not go well is told alone, so that one cannot hold up the others. */
  async function deliverAll(
    subscriber: string,
    deliveries: readonly store.Delivery[],
    settle: Settle,
  ): Promise<void> {
    const events = deliveries.map(({ event }) => event);
    const handled = await courier.tellTogether(subscriber, events);
    const told = deliveries.filter(({ event }) => handled.has(event.id));
    const others = deliveries.filter(({ event }) => !handled.has(event.id));
    await Promise.all([
      settle(told.map(({ seq }) => seq)),
      ...others.map((delivery) =>
        deliver(delivery, settle).catch((error) => log.error("relay stumbled", error))
      ),
    ]);
  }

  async function deliver(delivery: store.Delivery, settle: Settle): Promise<void> {
    const problem = await courier.tell(delivery.subscriber, delivery.event);
    if (!problem) return await settle([delivery.seq]);
    const { verdict, reason } = problem;
    const isRefusal = verdict !== "unreachable";
    const isGivenUp = verdict === "impossible" || delivery.attempts + 1 >= ATTEMPTS_MAX ||
      (isRefusal && delivery.refusals + 1 >= REFUSALS_MAX);
    const retryInSeconds = isGivenUp ? undefined : backoffSeconds(delivery.attempts);
    await transaction(
      sql,
      "system",
      (tx) => store.markFailed(tx, delivery, { reason, isRefusal, retryInSeconds }),
    );
    if (isGivenUp) {
      log.error("event undeliverable", new Error(reason), {
        eventId: delivery.event.id,
        subscriber: delivery.subscriber,
      });
    }
  }

  /** One subscriber's deliveries: however slow it is, the others do not notice. */
  function createLane(subscriber: string) {
    const underWay = new Set<Promise<void>>();
    let working: Promise<void> | undefined;
    let isWoken = false;
    let free = LANE_WIDTH;
    let ended = 0;
    let ring = Promise.withResolvers<void>();
    const settle = createSettler(sql, subscriber, log);

    function start(deliveries: readonly store.Delivery[]): void {
      free -= deliveries.length;
      const one = deliverAll(subscriber, deliveries, settle)
        .catch((error) => log.error("relay stumbled", error))
        .finally(() => {
          underWay.delete(one);
          free += deliveries.length;
          ended += deliveries.length;
        });
      underWay.add(one);
    }

    async function work(): Promise<void> {
      do {
        isWoken = false;
        ended = 0;
        ring = Promise.withResolvers();
        const wanted = free;
        const due = wanted === 0 ? [] : await transaction(
          sql,
          "system",
          (tx) => store.lease(tx, subscriber, wanted, LEASE_SECONDS),
        );
        for (let at = 0; at < due.length; at += BATCH_MAX) start(due.slice(at, at + BATCH_MAX));
        // What was delivered frees the next of its aggregate; a query after each would cost more
        // than the delivery.
        while (!stopping && !isWoken && underWay.size > 0 && ended * 2 < Math.max(due.length, 1)) {
          await Promise.race([...underWay, ring.promise]);
        }
        if (isWoken && free === 0) await Promise.race(underWay);
      } while (!stopping && (isWoken || ended > 0));
    }

    function wake(): Promise<void> {
      isWoken = true;
      ring.resolve();
      working ??= work()
        .catch((error) => log.error("relay stumbled", error))
        .finally(() => {
          working = undefined;
          // Woken between the last look and the end.
          if (isWoken && !stopping) void wake();
        });
      return working;
    }

    return {
      wake,
      async end() {
        ring.resolve();
        await working;
        await Promise.all(underWay);
      },
    };
  }

  const lanes = new Map<string, ReturnType<typeof createLane>>();

  async function wake(subscribers: readonly string[]): Promise<void> {
    if (stopping) return;
    await Promise.all(subscribers.map((subscriber) => {
      const lane = lanes.get(subscriber) ?? createLane(subscriber);
      lanes.set(subscriber, lane);
      return lane.wake();
    }));
  }

  async function drain(): Promise<void> {
    if (stopping) return;
    const subscribers = await transaction(sql, "system", (tx) => store.listSubscribers(tx))
      .catch((error) => {
        log.error("relay stumbled", error);
        return [];
      });
    await wake(subscribers);
  }

  async function purge(): Promise<void> {
    let removed = PURGE_BATCH;
    while (removed >= PURGE_BATCH && !stopping) {
      removed = await transaction(sql, "system", (tx) => store.purge(tx, RETENTION));
    }
  }

  const listener = await sql.listen(
    store.OUTBOX_CHANNEL,
    (subscribers) => void wake(subscribers.split(",")),
    () => void drain(),
  );
  const timer = setInterval(drain, POLL_MS);
  const purging = setInterval(
    () => void purge().catch((error) => log.error("events not purged", error)),
    PURGE_EVERY_MS,
  );
  return {
    drain,
    purge,
    async stop() {
      stopping = true;
      clearInterval(timer);
      clearInterval(purging);
      await listener.unlisten();
      await Promise.all([...lanes.values()].map((lane) => lane.end()));
    },
  };
}
