/** Carries facts from the outbox to their subscribers, in order per aggregate, at least once. */
import type { ServiceToken } from "../auth/service_token.ts";
import type { Discovery } from "../discovery/discovery.ts";
import type { Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import type { Log } from "../telemetry/log.ts";
import * as store from "./store.ts";

const BATCH = 20;
/** Longer than a delivery may take, so that no lease ends under a living relay. */
const LEASE_SECONDS = 30;
const DELIVERY_TIMEOUT_MS = 10_000;
/** A wake-up may be lost with its connection, so the relay also looks by itself. */
const POLL_MS = 1_000;
const BACKOFF_SECONDS_MAX = 60;
/** About a day of trying. */
const ATTEMPTS_MAX = 1_500;

/** Seconds until the next try: 0.5, 1, 2 … 60. */
export function backoffSeconds(attempts: number): number {
  return Math.min(0.5 * 2 ** Math.min(attempts, 10), BACKOFF_SECONDS_MAX);
}

/** A refusal of the event itself will not change by trying again. */
const isFinal = (status: number) =>
  status >= 400 && status < 500 && ![401, 408, 429].includes(status);

type Options = {
  sql: Sql;
  discover: Discovery;
  serviceToken: ServiceToken;
  log: Log;
};

export type Relay = {
  /** Delivers everything that is due; resolves when nothing is left to do at once. */
  drain(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts to relay: woken by each commit that published something. */
export async function startRelay({ sql, discover, serviceToken, log }: Options): Promise<Relay> {
  let stopping = false;
  let underWay: Promise<void> | undefined;
  let again = false;

  async function deliver(delivery: store.Delivery): Promise<void> {
    const problem = await send(delivery).catch((error) => ({
      final: false,
      reason: error instanceof Error ? error.name : "unknown",
    }));
    await transaction(sql, "system", async (tx) => {
      if (!problem) return await store.markDelivered(tx, delivery);
      const givenUp = problem.final || delivery.attempts + 1 >= ATTEMPTS_MAX;
      const retry = givenUp ? undefined : backoffSeconds(delivery.attempts);
      await store.markFailed(tx, delivery, problem.reason, retry);
      if (givenUp) {
        log.error("event undeliverable", new Error(problem.reason), {
          eventId: delivery.event.id,
          subscriber: delivery.subscriber,
        });
      }
    });
  }

  async function send(
    { subscriber, event }: store.Delivery,
  ): Promise<{ final: boolean; reason: string } | undefined> {
    const response = await fetch(new URL("/internal/events", discover(subscriber)), {
      method: "POST",
      body: JSON.stringify(event),
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await serviceToken()}`,
      },
      signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    return { final: isFinal(response.status), reason: `answered ${response.status}` };
  }

  async function work(): Promise<void> {
    do {
      again = false;
      const due = await transaction(sql, "system", (tx) => store.lease(tx, BATCH, LEASE_SECONDS));
      await Promise.all(due.map(deliver));
      // A delivered event frees the next one of its aggregate.
      again ||= due.length > 0;
    } while (again && !stopping);
  }

  function drain(): Promise<void> {
    // After a reconnect postgres.js no longer finds the listener that it is asked to drop.
    if (stopping) return underWay ?? Promise.resolve();
    again = true;
    underWay ??= work()
      .catch((error) => log.error("relay stumbled", error))
      .finally(() => underWay = undefined);
    return underWay;
  }

  const listener = await sql.listen(store.OUTBOX_CHANNEL, () => void drain(), () => void drain());
  const timer = setInterval(drain, POLL_MS);
  return {
    drain,
    async stop() {
      stopping = true;
      clearInterval(timer);
      await listener.unlisten();
      await underWay;
    },
  };
}
