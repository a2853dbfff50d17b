/** Works on the sagas that are due, as many at a time as it may, until it is stopped. */
import { record } from "@praxis/shared/audit";
import { publish, traceparentOf } from "@praxis/shared/events";
import { type Db, type Sql, transaction } from "@praxis/shared/postgres";
import type { Log } from "@praxis/shared/telemetry";
import { SagaEnded } from "./facts.ts";
import {
  type Ask,
  type Facts,
  keyOf,
  type Move,
  nextMove,
  type Outcome,
  type SagaDefinition,
  type Settled,
  settleForward,
  settleUndo,
  type Step,
} from "./model.ts";
import { stepsOf } from "./sagas.ts";
import * as store from "./store.ts";

const WIDTH = 16;
/** Longer than a step may take to answer. */
const LEASE_SECONDS = 20;
/** Steps that wait for another try are found by looking. */
const POLL_MS = 500;

type Options = {
  sql: Sql;
  ask: Ask;
  definitions: readonly SagaDefinition[];
  now: () => Date;
  log: Log;
  /** Off in tests that look by themselves. */
  isLooking?: boolean;
};

export type Runner = {
  /** Takes up what is due; resolves when it is taken up. */
  look(): Promise<void>;
  /** Works until nothing is due; what waits for another try is not. */
  drain(): Promise<void>;
  stop(): Promise<void>;
};

/** Thrown when another worker or an operator has the saga by now: what was done is dropped. */
class Lost extends Error {
  override name = "Lost";
}

export function startRunner(
  { sql, ask, definitions, now, log, isLooking = true }: Options,
): Runner {
  let stopping = false;

  /** A change of a saga that is still ours. */
  const change = <T>(held: store.Held, work: (tx: Db, isLate: boolean) => Promise<T>) =>
    transaction(sql, { organizationId: held.organizationId }, async (tx) => {
      const kept = await store.keep(tx, held, LEASE_SECONDS);
      if (!kept) throw new Lost();
      return await work(tx, kept.isLate);
    });

  const say = (tx: Db, held: store.Held, entry: Parameters<typeof store.addHistory>[3]) =>
    store.addHistory(tx, held.organizationId, held.id, entry);

  /** Ends it, sets it aside for a person, or turns it back. */
  async function conclude(tx: Db, held: store.Held, turned: store.Turned): Promise<void> {
    const { id, organizationId, name, requestId } = held;
    await store.turn(tx, held, turned);
    await say(tx, held, { event: turned.state, detail: turned.reason ?? null });
    if (turned.state === "compensating") return;
    const at = now();
    await publish(tx, SagaEnded, {
      source: "workflow",
      organizationId,
      subject: id,
      at,
      requestId,
      data: { sagaId: id, name, state: turned.state },
    });
    await record(tx, at, {
      actor: { kind: "service", service: "workflow" },
      organizationId,
      action: `saga.${turned.state}`,
      subject: { type: "saga", id },
      outcome: turned.state === "completed" ? "success" : "failed",
      requestId,
    });
    if (turned.state === "stuck") {
      log.error("saga stuck", new Error(turned.reason ?? ""), { sagaId: id, saga: name });
    }
  }

  /** One step of one saga, or its end; false when there is nothing more to do for now. */
  async function advance(held: store.Held, isFirst: boolean): Promise<boolean> {
    const { id, organizationId } = held;
    const begun = await change(held, async (tx, isLate) => {
      const rows = await store.listSteps(tx, organizationId, id);
      let steps = stepsOf(definitions, held, rows);
      const move: Move = steps
        ? nextMove(held.state, steps = await countCrash(tx, held, steps, isFirst), isLate)
        : { kind: "stick", reason: "its definition is not known any more" };
      if (move.kind === "forward" || move.kind === "undo") {
        const state = move.kind === "forward" ? "running" : "undoing";
        // What is about to be asked may happen: that must be known before it is asked.
        const isTurned = move.step.state !== state;
        const step: Step = {
          ...move.step,
          state,
          ...(isTurned ? { attempts: 0, crashes: 0 } : {}),
        };
        if (isTurned) await store.updateStep(tx, held, step.position, step);
        return { kind: move.kind, step, steps: steps ?? [] };
      }
      if (move.kind === "turn") await turnBack(tx, held, move.reason);
      else if (move.kind === "end") await conclude(tx, held, { state: move.state, isEnd: true });
      else await conclude(tx, held, { state: "stuck", reason: move.reason });
      return move;
    });
    if (begun.kind === "turn") {
      held.state = "compensating";
      return true;
    }
    if (begun.kind !== "forward" && begun.kind !== "undo") return false;
    const { step, steps, kind } = begun;
    const outcome = await attempt(held, steps, step, kind);
    return await change(held, async (tx, isLate) => {
      const settled = kind === "forward"
        ? settleForward(step, outcome)
        : settleUndo(step, outcome, isLate);
      await settle(tx, held, step, outcome, settled);
      if (settled.turn !== undefined) {
        await turnBack(tx, held, settled.turn);
        held.state = "compensating";
      }
      if (settled.stick !== undefined) {
        await conclude(tx, held, { state: "stuck", reason: settled.stick });
        return false;
      }
      if (settled.retryInSeconds === undefined) return true;
      await store.release(tx, held, settled.retryInSeconds);
      return false;
    });
  }

  /** A worker that was lost in the midst of a step: that is no answer, but it is counted. */
  async function countCrash(
    tx: Db,
    held: store.Held,
    steps: Step[],
    isFirst: boolean,
  ): Promise<Step[]> {
    const lost = isFirst && held.wasLost
      ? steps.find(({ state }) => state === (held.state === "running" ? "running" : "undoing"))
      : undefined;
    if (!lost) return steps;
    const counted = { ...lost, crashes: lost.crashes + 1 };
    await store.updateStep(tx, held, lost.position, counted);
    await say(tx, held, { step: lost.name, event: "worker lost", detail: "it is asked again" });
    return steps.map((step) => step === lost ? counted : step);
  }

  async function turnBack(tx: Db, held: store.Held, reason: string): Promise<void> {
    const definition = definitions.find(({ name }) => name === held.name)!;
    const { deadlineSeconds } = definition;
    await conclude(tx, held, { state: "compensating", reason, deadlineSeconds });
  }

  async function attempt(
    held: store.Held,
    steps: readonly Step[],
    step: Step,
    kind: "forward" | "undo",
  ): Promise<Outcome> {
    const facts: Facts = {
      sagaId: held.id,
      organizationId: held.organizationId,
      startedBy: held.startedById,
      input: held.input,
      results: Object.fromEntries(
        steps.filter(({ result }) => result !== null).map(({ name, result }) => [name, result]),
      ),
    };
    const key = keyOf(held.id, step.name, kind === "forward" ? "forward" : "comp");
    const { requestId } = held;
    try {
      const command = kind === "forward" ? step.forward(facts) : step.compensate!(facts);
      const traceparent = traceparentOf(requestId, key);
      const outcome = await ask(command, { key, requestId, traceparent });
      // Nothing there to undo is as good as undone.
      const isUndone = kind === "undo" && outcome.kind === "refused" &&
        /answered (404|410)\b/.test(outcome.reason);
      return isUndone ? { kind: "done", result: null } : outcome;
    } catch (error) {
      // A definition that cannot make its call from these facts never will.
      log.error("saga step cannot be asked", error, { sagaId: held.id, step: step.name });
      return { kind: "refused", reason: "the call could not be made" };
    }
  }

  async function settle(
    tx: Db,
    held: store.Held,
    step: Step,
    outcome: Outcome,
    settled: Settled,
  ): Promise<void> {
    const { step: state, attempts, retryInSeconds } = settled;
    const result = outcome.kind === "done" && state === "done" ? outcome.result : step.result;
    await store.updateStep(tx, held, step.position, {
      state,
      attempts,
      crashes: step.crashes,
      result: result ?? null,
    });
    const detail = outcome.kind === "done" ? null : outcome.reason;
    const event = retryInSeconds === undefined
      ? state.replace("_", " ")
      : `again in ${retryInSeconds} s`;
    await say(tx, held, { step: step.name, event, detail });
  }

  async function run(held: store.Held): Promise<void> {
    try {
      let isFirst = true;
      while (await advance(held, isFirst)) {
        isFirst = false;
        if (stopping) {
          await transaction(
            sql,
            { organizationId: held.organizationId },
            (tx) => store.release(tx, held, 0),
          );
          return;
        }
      }
    } catch (error) {
      // The lease runs out, and whoever finds the saga asks again.
      if (!(error instanceof Lost)) log.error("saga interrupted", error, { sagaId: held.id });
    }
  }

  const underWay = new Set<Promise<void>>();
  let working: Promise<void> | undefined;
  let isWoken = false;

  async function work(): Promise<void> {
    let found = 0;
    do {
      isWoken = false;
      const free = WIDTH - underWay.size;
      const claimed = await transaction(
        sql,
        "system",
        (tx) => store.claim(tx, free, LEASE_SECONDS),
      );
      found = claimed.length;
      for (const held of claimed) {
        const one = run(held).finally(() => underWay.delete(one));
        underWay.add(one);
      }
      if (underWay.size === WIDTH) await Promise.race(underWay);
    } while (!stopping && (isWoken || found > 0));
  }

  function look(): Promise<void> {
    if (stopping) return Promise.resolve();
    isWoken = true;
    working ??= work()
      .catch((error) => log.error("sagas not looked for", error))
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
