/** Works on a run: what follows is worked out, written, and only then asked for. */
import { traceparentOf } from "@praxis/shared/events";
import { read, type Sql } from "@praxis/shared/postgres";
import type { Log } from "@praxis/shared/telemetry";
import * as arrivals from "../arrivals/arrivals.ts";
import type { Committer } from "../commits/commits.ts";
import { durationMs, type Json, type Sandbox } from "../language/language.ts";
import type { Ask as AskService, Command } from "../sagas/model.ts";
import type { Held } from "../steps/steps.ts";
import * as effects from "./effects.ts";
import type { CallOutcome } from "./kinds.ts";
import type { Loaded, Loader } from "./loading.ts";
import type { Ask, Machine } from "./machine.ts";
import { burst, playShadow } from "./shadow.ts";
import { isLive, keyOf, type Signal, type Step } from "./state.ts";
import type { KeptRun } from "./store.ts";

const CRASHES_MAX = 5;
/** Somebody else changes the same run at the same time: branches, operators, events. */
const CONFLICTS_MAX = 50;
const LOOK_BACK_MS = 86_400_000;
const LOOK_BACK_MAX = 200;

/** Thrown when somebody else has the step by now: what was done is dropped. */
class Lost extends Error {
  override name = "Lost";
}
/** Thrown when the run has another revision by now: it is read again. */
class Conflict extends Error {
  override name = "Conflict";
}

type By = { id: string; fence: string };
type Apply = (loaded: Loaded, step: Step) => Promise<Ask | undefined | void>;

export type WorkerOptions = {
  sql: Sql;
  sandbox: Sandbox;
  loader: Loader;
  commit: Committer;
  ask: AskService;
  now: () => Date;
  log: Log;
  leaseSeconds: number;
  /** Someone was slower than their lease, and has been overtaken. */
  onOvertaken: () => void;
  isStopping: () => boolean;
};

export function createWorker(options: WorkerOptions) {
  const { sql, sandbox, loader, commit, ask, now, log, leaseSeconds, isStopping } = options;

  async function load(taken: Pick<Held, "id" | "runId" | "organizationId">): Promise<Loaded> {
    const loaded = await loader.load(taken);
    if (!loaded) throw new Lost();
    return loaded;
  }

  /** What was told before the step began to wait. */
  async function lookBack(run: KeptRun, step: Step): Promise<Signal[]> {
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
    if (wasLost && step.crashes >= CRASHES_MAX) return machine.quarantine(step);
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

  /** Writes what has changed. The step goes along even when nothing of it has. */
  async function write(
    { machine, run, signals }: Loaded,
    by: By,
    { step, taken, before, next }: {
      step: Step;
      taken: ReturnType<Machine["take"]>;
      before: KeptRun["status"];
      next: Ask | undefined;
    },
  ): Promise<void> {
    const isWritten = await commit({
      run,
      by,
      steps: taken.steps.includes(step) ? taken.steps : [...taken.steps, step],
      history: taken.history,
      signals: signals.map(({ id }) => ({ stepId: by.id, id })),
      nextId: next?.step.id,
      leaseSeconds,
      actorId: null,
      apply: (tx, at) =>
        effects.apply(tx, machine.run as KeptRun, { effects: taken.effects, before, at }),
    });
    if (!isWritten) throw new Conflict();
    run.revision++;
    signals.length = 0;
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
    const { machine, run, fences } = loaded;
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
    const taken = await playShadow(machine, machine.take());
    const next = isStopping() ? undefined : asks[0];
    await write(loaded, by, { step, taken, before, next });
    for (const one of taken.steps) if (!fences.has(one.id)) fences.set(one.id, "1");
    if (run.status === "failed") {
      log.error("run failed", new Error(run.reason ?? ""), { runId: run.id, key: run.key });
    }
    return next && isLive(next.step)
      ? { ask: next, by: { id: next.step.id, fence: fences.get(next.step.id)! } }
      : undefined;
  }

  async function call({ step, request }: Ask, run: KeptRun): Promise<CallOutcome> {
    const key = keyOf(run.id, step);
    const { requestId } = run;
    const traceparent = traceparentOf(requestId, key);
    const outcome = await ask(request as Command, { key, requestId, traceparent });
    return outcome as CallOutcome;
  }

  /** Goes on with a step that was taken up, call by call, until there is nothing to call. */
  return async function work(held: Held, first: Loaded | undefined): Promise<void> {
    try {
      let loaded = first ?? await load(held);
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
      if (error instanceof Lost) options.onOvertaken();
      else log.error("run interrupted", error, { runId: held.runId });
    }
  };
}
