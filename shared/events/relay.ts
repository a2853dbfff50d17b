/** Carries facts from the outbox to their subscribers, in order per aggregate, at least once. */
import { z } from "zod";
import type { ServiceToken } from "../auth/service_token.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { readBody } from "../http/define_route.ts";
import type { Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import type { Log } from "../telemetry/log.ts";
import * as store from "./store.ts";

/** Deliveries under way to one subscriber; each subscriber has as many of its own. */
const LANE_WIDTH = 32;
/** Longer than a delivery may take, so that no lease ends under a living relay. */
const LEASE_SECONDS = 30;
const DELIVERY_TIMEOUT_MS = 10_000;
/** A wake-up may be lost with its connection, so the relay also looks by itself. */
const POLL_MS = 1_000;
const BACKOFF_SECONDS_MAX = 60;
/** About a day of trying while nobody answers. */
const ATTEMPTS_MAX = 1_500;
/** About an hour of trying while the receiver answers that it cannot take this fact. */
const REFUSALS_MAX = 65;
const ANSWER_BYTES_MAX = 8_192;
const PURGE_EVERY_MS = 10 * 60_000;
const PURGE_BATCH = 5_000;
/** Marks of what came in outlive everything that could still be told again. */
const RETENTION = { toldDays: 7, heardDays: 90, limit: PURGE_BATCH };

/** Seconds until the next try: 0.5, 1, 2 … 60. */
export function backoffSeconds(attempts: number): number {
  return Math.min(0.5 * 2 ** Math.min(attempts, 10), BACKOFF_SECONDS_MAX);
}

/** What an answer other than a good one says about trying again. */
type Verdict = "unreachable" | "refused" | "impossible";

/**
 * A refusal may end with a deploy: the route, the type or its version may not be there yet, or the
 * handler has an error. An answer about the fact itself will never change.
 */
export function verdictOf(status: number, kind: string | undefined): Verdict {
  if (kind === "unknown-event" || status === 404 || status === 405 || status === 500) {
    return "refused";
  }
  const isFinal = status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
  return isFinal ? "impossible" : "unreachable";
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

type Undelivered = { verdict: Verdict; reason: string };

/** What our own services say of an error: fixed words, never the caller's data. */
const Answer = z.object({
  type: z.string().regex(/^\/problems\/[\w-]{1,60}$/),
  title: z.string().max(200),
  instance: z.string().max(100).optional(),
  errors: z.array(z.object({ pointer: z.string().max(100) })).max(50).optional(),
});

async function undelivered(response: Response): Promise<Undelivered> {
  const { status } = response;
  const said = `answered ${status}`;
  const body = await readBody(
    new Request("http://answer", { method: "POST", body: response.body }),
    ANSWER_BYTES_MAX,
  )
    .catch(() => new Uint8Array());
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return { verdict: verdictOf(status, undefined), reason: said };
  }
  const { data: problem } = Answer.safeParse(json);
  if (!problem) return { verdict: verdictOf(status, undefined), reason: said };
  const where = problem.errors?.map(({ pointer }) => pointer).join(", ");
  return {
    verdict: verdictOf(status, problem.type.slice("/problems/".length)),
    reason: `${said}: ${problem.title}` + (where ? ` (${where})` : "") +
      (problem.instance ? `, request ${problem.instance}` : ""),
  };
}

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
  return async (seq: string): Promise<void> => {
    waiting.push(seq);
    underWay ??= settle().finally(() => underWay = undefined);
    await underWay;
  };
}

/** Starts to relay: woken by each commit that published something. */
export async function startRelay({ sql, discover, serviceToken, log }: Options): Promise<Relay> {
  let stopping = false;

  async function send({ subscriber, event }: store.Delivery): Promise<Undelivered | undefined> {
    const response = await fetch(new URL("/internal/events", discover(subscriber)), {
      method: "POST",
      body: JSON.stringify(event),
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${await serviceToken()}`,
        ...(event.requestid === undefined ? {} : { "x-request-id": event.requestid }),
        ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
      },
      signal: AbortSignal.timeout(DELIVERY_TIMEOUT_MS),
    });
    if (!response.ok) return await undelivered(response);
    await response.body?.cancel();
    return undefined;
  }

  async function deliver(
    delivery: store.Delivery,
    settle: (seq: string) => Promise<void>,
  ): Promise<void> {
    const problem = await send(delivery).catch((error): Undelivered => ({
      verdict: "unreachable",
      reason: error instanceof Error ? error.name : "unknown",
    }));
    if (!problem) return await settle(delivery.seq);
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
    let ended = 0;
    let ring = Promise.withResolvers<void>();
    const settle = createSettler(sql, subscriber, log);

    async function start(delivery: store.Delivery): Promise<void> {
      await deliver(delivery, settle).catch((error) => log.error("relay stumbled", error));
      ended++;
    }

    async function work(): Promise<void> {
      do {
        isWoken = false;
        ended = 0;
        ring = Promise.withResolvers();
        const free = LANE_WIDTH - underWay.size;
        const due = free === 0 ? [] : await transaction(
          sql,
          "system",
          (tx) => store.lease(tx, subscriber, free, LEASE_SECONDS),
        );
        for (const delivery of due) {
          const one = start(delivery).finally(() => underWay.delete(one));
          underWay.add(one);
        }
        // What was delivered frees the next of its aggregate; a query after each would cost more
        // than the delivery.
        while (!stopping && !isWoken && underWay.size > 0 && ended * 2 < Math.max(due.length, 1)) {
          await Promise.race([...underWay, ring.promise]);
        }
        if (isWoken && underWay.size === LANE_WIDTH) await Promise.race(underWay);
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

  async function drain(): Promise<void> {
    if (stopping) return;
    const subscribers = await transaction(sql, "system", (tx) => store.listSubscribers(tx))
      .catch((error) => {
        log.error("relay stumbled", error);
        return [];
      });
    if (stopping) return;
    await Promise.all(subscribers.map((subscriber) => {
      const lane = lanes.get(subscriber) ?? createLane(subscriber);
      lanes.set(subscriber, lane);
      return lane.wake();
    }));
  }

  async function purge(): Promise<void> {
    let removed = PURGE_BATCH;
    while (removed >= PURGE_BATCH && !stopping) {
      removed = await transaction(sql, "system", (tx) => store.purge(tx, RETENTION));
    }
  }

  const listener = await sql.listen(store.OUTBOX_CHANNEL, () => void drain(), () => void drain());
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
