/** Works on the steps that are due, as many at a time as it may, until it is stopped. */
import { newId } from "@praxis/shared/id";
import { read, type Sql, transaction } from "@praxis/shared/postgres";
import type { Log } from "@praxis/shared/telemetry";
import { traceparentOf } from "@praxis/shared/events";
import * as arrivals from "../arrivals/arrivals.ts";
import * as calendars from "../calendars/calendars.ts";
import * as definitions from "../definitions/definitions.ts";
import {
  type CatalogueFunction,
  compile,
  durationMs,
  type Json,
  type Program,
  type Sandbox,
} from "../language/language.ts";
import type { Ask as AskService, Command } from "../sagas/model.ts";
import * as effects from "./effects.ts";
import { createIntake } from "./intake.ts";
import type { CallOutcome } from "./kinds.ts";
import { type Ask, createMachine, type Machine } from "./machine.ts";
import { isLive, keyOf, type Signal, type Step } from "./state.ts";
import * as store from "./store.ts";

const WIDTH = 24;
/** Longer than a call may take to answer. */
const LEASE_SECONDS = 20;
/** Steps that wait for a time are found by looking. */
const POLL_MS = 500;
const CRASHES_MAX = 5;
/** Somebody else changes the same run at the same time: branches, operators, events. */
const CONFLICTS_MAX = 50;
const LOOK_BACK_MS = 86_400_000;
const LOOK_BACK_MAX = 200;
const PROGRAMS_MAX = 500;

type Options = {
  sql: Sql;
  sandbox: Sandbox;
  functions: readonly CatalogueFunction[];
  ask: AskService;
  now: () => Date;
  log: Log;
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

/** Thrown when somebody else has the step by now: what was done is dropped. */
class Lost extends Error {
  override name = "Lost";
}

/** Programs never change once their definition has runs, so they are compiled once. */
export function createPrograms(sql: Sql) {
  const programs = new Map<string, Program>();
  return async (organizationId: string, definitionId: string): Promise<Program> => {
    const known = programs.get(definitionId);
    if (known) return known;
    const scope = { organizationId };
    const found = await read(
      sql,
      scope,
      (tx) => definitions.findById(tx, organizationId, definitionId),
    );
    if (!found) throw new Error("a run has no definition");
    if (programs.size >= PROGRAMS_MAX) programs.clear();
    const program = compile(found.document);
    programs.set(definitionId, program);
    return program;
  };
}

type By = { id: string; fence: string };
type Loaded = {
  machine: Machine;
  run: store.KeptRun;
  signals: Signal[];
  fences: Map<string, string>;
};
type Apply = (loaded: Loaded, step: Step) => Promise<Ask | undefined | void>;

export function startRunner(options: Options): Runner {
  const { sql, sandbox, functions, ask, now, log, isLooking = true } = options;
  const leaseSeconds = options.leaseSeconds ?? LEASE_SECONDS;
  const programOf = createPrograms(sql);
  const takeIn = createIntake({ sql, sandbox, now, log });
  let stopping = false;

  async function load(held: Pick<store.Held, "id" | "runId" | "organizationId">): Promise<Loaded> {
    const { organizationId } = held;
    const found = await read(sql, { organizationId }, (tx) => store.load(tx, held));
    if (!found) throw new Lost();
    const { run, steps, signals } = found;
    const program = await programOf(organizationId, run.definitionId);
    const machine = createMachine({
      program,
      run,
      steps,
      functions,
      evaluate: sandbox.evaluate,
      calendarOf: (name) => calendars.find(sql, organizationId, name),
      now,
      newId,
    });
    return { machine, run, signals, fences: new Map(steps.map(({ id, fence }) => [id, fence])) };
  }

  /** What was told before the step began to wait. */
  async function lookBack(run: store.KeptRun, step: Step): Promise<Signal[]> {
    step.data.hasLookedBack = true;
    const { organizationId } = run;
    const span = durationMs((step.data as { lookBack?: Json }).lookBack) ?? LOOK_BACK_MS;
    const told = await read(
      sql,
      { organizationId },
      (tx) =>
        arrivals.listSince(tx, organizationId, {
          types: step.eventTypes,
          subject: step.eventSubject,
          since: new Date(now().getTime() - span),
          limit: LOOK_BACK_MAX,
        }),
    );
    const found: Signal[] = [];
    for (const event of told) {
      const heard = arrivals.toHeard(event);
      for (const [filter, wanted] of (step.data.filters ?? []).entries()) {
        if (!await arrivals.matches(sandbox.evaluate, wanted, heard)) continue;
        const payload = { filter, event: heard } as unknown as Json;
        found.push({ id: event.id, kind: "event", payload });
        break;
      }
    }
    return found;
  }

  /** The first thing that is done with a step that was just taken up. */
  const takeUp = (wasLost: boolean): Apply => async ({ machine, run, signals }, step) => {
    if (wasLost && ++step.crashes >= CRASHES_MAX) return machine.quarantine(step);
    if (step.kind === "start" || step.kind === "cancel") {
      step.state = "done";
      step.dueAt = null;
      machine.live.delete(step.id);
      if (step.kind === "start") return await machine.begin();
      const { reason } = step.data as { reason?: string };
      return machine.cancelRun(reason ?? "cancelled", false);
    }
    if (step.state === "ready") return await machine.work(step);
    const told = step.kind === "listen" && !step.data.hasLookedBack
      ? [...await lookBack(run, step), ...signals]
      : signals;
    await machine.wake(step, told);
  };

  /** In the shadow nothing is asked and nobody is: it is written down, and taken for done. */
  async function playShadow({ machine, run }: Loaded, taken: ReturnType<Machine["take"]>) {
    if (!run.isShadow) return taken;
    const all = { ...taken, effects: [] as typeof taken.effects };
    for (let open = taken.effects; open.length > 0;) {
      for (const effect of open) {
        if (effect.kind !== "open-task" && effect.kind !== "start-run") continue;
        const step = machine.live.get(effect.stepId);
        const detail = effect.kind === "open-task" ? effect.order.title : effect.key;
        const node = step?.node ?? null;
        const stepId = effect.stepId;
        all.history.push({ stepId, node, event: `would ${effect.kind}`, detail, lateMs: null });
        if (!step || step.state !== "waiting") continue;
        const payload: Json = effect.kind === "open-task"
          ? { outcome: effect.order.outcomes[0] ?? "completed", data: {}, isShadow: true }
          : { status: "completed", output: null };
        const kind = effect.kind === "open-task" ? "task" : "run";
        await machine.wake(step, [{ id: `shadow:${stepId}`, kind, payload }]);
        await burst(machine, new Set(), []);
      }
      const more = machine.take();
      all.steps = [...new Set([...all.steps, ...more.steps])];
      all.history.push(...more.history);
      open = more.effects;
    }
    return all;
  }

  /** Goes on with everything new that asks nobody, and collects what does. */
  async function burst(machine: Machine, known: Set<string>, asks: Ask[]): Promise<void> {
    for (;;) {
      const step = machine.ready().find(({ id }) => !known.has(id));
      if (!step) return;
      known.add(step.id);
      const next = await machine.work(step);
      if (!next) continue;
      if (machine.run.isShadow) await machine.settle(step, { kind: "done", result: null });
      else asks.push(next);
    }
  }

  /**
   * One commit: what `apply` makes of the step, and everything after it that asks nobody. Returns
   * the call that has to be made next, of a step that is then in our hands.
   */
  async function advance(
    loaded: Loaded,
    by: By,
    apply: Apply,
  ): Promise<{ ask: Ask; by: By } | undefined> {
    const { machine, run, signals, fences } = loaded;
    const step = machine.live.get(by.id);
    if (!step || (fences.get(by.id) ?? by.fence) !== by.fence) throw new Lost();
    const before = run.status;
    const known = new Set(machine.live.keys());
    const asks: Ask[] = [];
    const own = await apply(loaded, step);
    if (own) {
      // The step is in our hands already: there is nothing to be written down first.
      if (!run.isShadow) return { ask: own, by };
      await machine.settle(step, { kind: "done", result: null });
    }
    await burst(machine, known, asks);
    const taken = await playShadow(loaded, machine.take());
    const steps = taken.steps.includes(step) ? taken.steps : [...taken.steps, step];
    const at = now();
    const next = stopping ? undefined : asks[0];
    const isCommitted = await transaction(
      sql,
      { organizationId: run.organizationId },
      async (tx) => {
        const isMine = await store.commit(tx, {
          run,
          by,
          steps,
          history: taken.history,
          signals: signals.map(({ id }) => ({ stepId: by.id, id })),
          nextId: next?.step.id,
          leaseSeconds,
          at,
          actorId: null,
        });
        if (!isMine) throw new Conflict();
        await effects.apply(tx, run, taken.effects, at);
        await effects.applyStatus(tx, run, before, at);
        return true;
      },
    ).catch((error) => {
      if (error instanceof Conflict) return false;
      throw error;
    });
    if (!isCommitted) throw new Conflict();
    run.revision++;
    signals.length = 0;
    for (const one of taken.steps) if (!fences.has(one.id)) fences.set(one.id, "1");
    if (run.status === "failed") {
      log.error("run failed", new Error(run.reason ?? ""), { runId: run.id, key: run.key });
    }
    return next && isLive(next.step)
      ? { ask: next, by: { id: next.step.id, fence: fences.get(next.step.id)! } }
      : undefined;
  }

  async function call({ step, request }: Ask, run: store.KeptRun): Promise<CallOutcome> {
    const key = keyOf(run.id, step);
    const { requestId } = run;
    const traceparent = traceparentOf(requestId, key);
    const outcome = await ask(request as Command, { key, requestId, traceparent });
    return outcome as CallOutcome;
  }

  async function work(held: store.Held): Promise<void> {
    try {
      let loaded = await load(held);
      let by: By = { id: held.id, fence: held.fence };
      let apply = takeUp(held.wasLost);
      for (;;) {
        let next: Awaited<ReturnType<typeof advance>>;
        for (let conflicts = 0;; conflicts++) {
          try {
            next = await advance(loaded, by, apply);
            break;
          } catch (error) {
            if (!(error instanceof Conflict) || conflicts >= CONFLICTS_MAX) throw error;
            loaded = await load({ ...held, id: by.id });
          }
        }
        if (!next) return;
        const outcome = await call(next.ask, loaded.run);
        by = next.by;
        apply = async ({ machine }, step) => await machine.settle(step, outcome);
      }
    } catch (error) {
      // The lease runs out, and whoever finds the step takes it up again.
      if (!(error instanceof Lost)) log.error("run interrupted", error, { runId: held.runId });
    }
  }

  const underWay = new Set<Promise<void>>();
  let working: Promise<void> | undefined;
  let isWoken = false;

  async function lookOnce(): Promise<void> {
    let found = 0;
    do {
      isWoken = false;
      found = await takeIn();
      const free = WIDTH - underWay.size;
      const claimed = await transaction(
        sql,
        "system",
        (tx) => store.claim(tx, { limit: free, leaseSeconds, at: now() }),
      );
      found += claimed.length;
      for (const held of claimed) {
        const one = work(held).finally(() => {
          underWay.delete(one);
          // What it has left behind may be due.
          isWoken = true;
        });
        underWay.add(one);
      }
      if (underWay.size === WIDTH) await Promise.race(underWay);
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

/** Thrown when the run has another revision by now: it is read again. */
class Conflict extends Error {
  override name = "Conflict";
}
