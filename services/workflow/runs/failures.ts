/** The way of an error: to the `try` that catches it, or to an incident for a person. */
import { durationMs } from "../language/language.ts";
import { clinicOf } from "../language/model.ts";
import { asRecord, type Json } from "../language/language.ts";
import type { Core } from "./core.ts";
import { errorTypes, type RunError, type Step } from "./state.ts";
import { createUndoing } from "./undoing.ts";
import { createWaits } from "./waits.ts";

/** Tries of a `retry` that names no limit. */
const ATTEMPTS_DEFAULT = 5;
const ATTEMPTS_MAX = 100;
const DELAY_MS_MAX = 30 * 86_400_000;

export function createFailures(core: Core) {
  const { run, program } = core;
  const waits = createWaits(core);
  const undoing = createUndoing(core);

  async function catches(step: Step, error: RunError): Promise<boolean> {
    const handler = asRecord(core.nodeOf(step).task.catch);
    const wanted = asRecord(asRecord(handler.errors).with);
    const given = error as unknown as Record<string, Json>;
    if (Object.entries(wanted).some(([name, value]) => given[name] !== value)) return false;
    const variables = core.variablesOf(step, { [String(handler.as ?? "error")]: given });
    if (typeof handler.when === "string" && !await core.isTrue(handler.when, variables)) {
      return false;
    }
    return typeof handler.exceptWhen !== "string" ||
      !await core.isTrue(handler.exceptWhen, variables);
  }

  /** Milliseconds until the next try; undefined when there is none. */
  async function retryIn(step: Step, error: RunError): Promise<number | undefined> {
    const handler = asRecord(core.nodeOf(step).task.catch);
    if (handler.retry === undefined) return undefined;
    const named = handler.retry;
    const policy = asRecord(
      typeof named === "string" ? program.document.use?.retries?.[named] : named,
    );
    const attempt = step.data.attempt ?? 1;
    const limit = asRecord(policy.limit);
    const count = Number(asRecord(limit.attempt).count ?? ATTEMPTS_DEFAULT);
    if (attempt > Math.min(count, ATTEMPTS_MAX)) return undefined;
    const given = error as unknown as Record<string, Json>;
    const variables = core.variablesOf(step, { [String(handler.as ?? "error")]: given });
    if (typeof policy.when === "string" && !await core.isTrue(policy.when, variables)) {
      return undefined;
    }
    if (
      typeof policy.exceptWhen === "string" && await core.isTrue(policy.exceptWhen, variables)
    ) return undefined;
    const delay = durationMs(policy.delay) ?? 0;
    const backoff = asRecord(policy.backoff);
    const factor = backoff.exponential !== undefined
      ? 2 ** Math.min(attempt - 1, 20)
      : backoff.linear !== undefined
      ? attempt
      : 1;
    const firstFailedAt = Date.parse(step.data.firstFailedAt ??= core.now().toISOString());
    const duration = durationMs(limit.duration);
    const waited = Math.min(delay * factor, DELAY_MS_MAX);
    const isLate = duration !== undefined &&
      core.now().getTime() + waited - firstFailedAt > duration;
    return isLate ? undefined : waited;
  }

  /** True when `step`, a `try`, has taken the error on. */
  async function handle(step: Step, error: RunError): Promise<boolean> {
    if (!await catches(step, error)) return false;
    const handler = asRecord(core.nodeOf(step).task.catch);
    const ms = await retryIn(step, error);
    if (ms === undefined && handler.retry !== undefined && handler.do === undefined) return false;
    for (const child of [...core.live.values()]) {
      if (child.parentId === step.id) core.cancel(child, "something beside it failed");
    }
    step.data.error = error as unknown as Json;
    core.touch(step);
    if (ms !== undefined) {
      step.data.attempt = (step.data.attempt ?? 1) + 1;
      core.say(step, "retried", error.detail ?? error.type);
      if (ms === 0) {
        await core.enter(`${step.node}/try`, step, step.data.data ?? null);
      } else {
        step.data.isRetrying = true;
        waits.hold(step, new Date(core.now().getTime() + ms));
      }
      return true;
    }
    core.say(step, "caught", error.detail ?? error.type);
    const then = typeof handler.then === "string" ? handler.then : undefined;
    if (Array.isArray(handler.do)) {
      await core.enter(`${step.node}/catch/do`, step, step.data.data ?? null);
    } else await core.complete(step, step.data.data ?? null, then);
    return true;
  }

  async function fail(step: Step, error: RunError): Promise<void> {
    step.state = "failed";
    step.error = error;
    step.dueAt = null;
    core.touch(step);
    core.say(step, "failed", error.detail ?? error.type);
    let child = step;
    for (;;) {
      const parent = child.parentId === null ? undefined : core.live.get(child.parentId);
      if (!parent) break;
      const isTried = program.nodes.get(child.node)?.list === `${parent.node}/try`;
      if (parent.kind === "try" && isTried) {
        try {
          if (await handle(parent, error)) return;
        } catch {
          // A handler that cannot decide does not catch.
        }
      }
      child = parent;
    }
    const reason = `${step.node}: ${error.detail ?? error.title ?? error.type}`;
    const isIrreversible = clinicOf(core.nodeOf(step).task).class === "irreversible";
    if (run.state.undo.some(({ state }) => state === "open") && !isIrreversible) {
      if (!run.state.isPastPivot) return undoing.begin("compensated", reason);
    }
    run.status = "failed";
    run.reason = reason;
    core.say(null, "failed", reason);
  }

  return {
    fail,
    /** An operator has the failed steps tried again. */
    retry(): boolean {
      const stuck = [...core.live.values()].filter(({ state }) =>
        state === "failed" || state === "quarantined"
      );
      for (const step of stuck) {
        Object.assign(step, { state: "ready", error: null, attempts: 0, crashes: 0 });
        step.dueAt = core.now();
        core.touch(step);
      }
      if (stuck.length > 0) {
        run.status = stuck.some(({ isUndo }) => isUndo) ? "compensating" : "running";
        run.reason = null;
      }
      return stuck.length > 0;
    },
    /** An operator has seen to a step in another way. */
    async skip(step: Step, output: Json): Promise<void> {
      step.error = null;
      const isStuck = [...core.live.values()].some((one) =>
        one !== step && (one.state === "failed" || one.state === "quarantined")
      );
      // What an operator has suspended stays so, and so does what others have failed.
      if (run.status === "failed" && !isStuck) {
        run.status = "running";
        run.reason = null;
      }
      waits.forget(step, "skipped by an operator");
      await core.complete(step, output);
    },
    /** A step that ends the process again and again is for a person. */
    quarantine(step: Step): void {
      step.state = "quarantined";
      step.dueAt = null;
      step.error = {
        type: errorTypes.runtime,
        status: 500,
        detail: `the process ended ${step.crashes} times in it`,
      };
      core.touch(step);
      run.status = "failed";
      run.reason = `${step.node}: ${step.error.detail}`;
      core.say(step, "quarantined", step.error.detail);
    },
  };
}
