/** Finds the steps that are due and has them worked on, as many at a time as it may. */
import { setImmediate } from "node:timers";
import { type Sql, transaction } from "@praxis/shared/postgres";
import type { Log } from "@praxis/shared/telemetry";
import { createCommitter } from "../commits/commits.ts";
import type { CatalogueFunction, Sandbox } from "../language/language.ts";
import type { Ask } from "../sagas/model.ts";
import * as steps from "../steps/steps.ts";
import { createIntake } from "./intake.ts";
import { createLoader } from "./loading.ts";
import { createWorker } from "./worker.ts";

const WIDTH = 24;
/** Longer than a call may take to answer. */
const LEASE_SECONDS = 20;
/** Steps that wait for a time are found by looking. */
const POLL_MS = 500;

type Options = {
  sql: Sql;
  sandbox: Sandbox;
  functions: readonly CatalogueFunction[];
  ask: Ask;
  now: () => Date;
  log: Log;
  /** A worker was slower than its lease; what it brought was dropped. */
  onOvertaken?: () => void;
  /** Off in tests that look by themselves. */
  isLooking?: boolean;
  leaseSeconds?: number;
};

export type Runner = {
  /** Takes up what is due; resolves when it is taken up. */
  look(): Promise<void>;
  /** Works until nothing is due; what waits for its time is not. */
  drain(): Promise<void>;
  stop(): Promise<void>;
};

export function startRunner(options: Options): Runner {
  const { sql, sandbox, functions, ask, now, log, isLooking = true } = options;
  const leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
  const intake = createIntake({ sql, sandbox, now, log });
  const loader = createLoader({ sql, sandbox, functions, now });
  let stopping = false;
  const work = createWorker({
    sql,
    sandbox,
    loader,
    commit: createCommitter({ sql, now }),
    ask,
    now,
    log,
    leaseSeconds,
    onOvertaken: options.onOvertaken ?? (() => {}),
    isStopping: () => stopping,
  });

  const underWay = new Set<Promise<void>>();
  let working: Promise<void> | undefined;
  let isWoken = false;

  function begin(held: steps.Held, loaded: Parameters<typeof work>[1]): void {
    const one = work(held, loaded).finally(() => {
      underWay.delete(one);
      // What it has left behind may be due.
      isWoken = true;
    });
    underWay.add(one);
  }

  async function lookOnce(): Promise<void> {
    let found = 0;
    do {
      isWoken = false;
      const [events, held] = await transaction(
        sql,
        "system",
        (tx) =>
          Promise.all([
            intake.claim(tx),
            steps.claim(tx, { limit: WIDTH - underWay.size, leaseSeconds, at: now() }),
          ]),
      );
      found = events.length + held.length;
      const loaded = await loader.loadAll(held);
      for (const [at, one] of held.entries()) begin(one, loaded[at]);
      await intake.takeAll(events);
      if (underWay.size === WIDTH) {
        await Promise.race(underWay);
        // Runs that were written together end together: their places are filled in one go.
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    } while (!stopping && (isWoken || found > 0));
  }

  function look(): Promise<void> {
    if (stopping) return Promise.resolve();
    isWoken = true;
    working ??= lookOnce()
      .catch((error) => log.error("runs not looked for", error))
      .finally(() => working = undefined);
    return working;
  }

  const timer = isLooking ? setInterval(look, POLL_MS) : undefined;
  return {
    look,
    async drain() {
      do {
        await look();
        await Promise.all(underWay);
      } while (isWoken && !stopping);
    },
    async stop() {
      stopping = true;
      clearInterval(timer);
      await working;
      await Promise.all(underWay);
    },
  };
}
