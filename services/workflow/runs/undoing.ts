/** Going back: what has been done is undone, newest first, and what cannot be is for a person. */
import { clinicOf } from "../language/model.ts";
import { type Ask, type Core, fault } from "./core.ts";
import { backoffMs, type CallOutcome } from "./kinds.ts";
import type { RunStatus, Step } from "./state.ts";

/** Tries of one undo: more than an hour with the longest pause between them. */
const TRIES_MAX = 60;

export function createUndoing(core: Core) {
  const { run, program } = core;

  /** A call that was under way when it was cancelled may have happened. */
  function note(step: Step): void {
    const isOpen = step.kind === "call" && step.state === "ready" && step.isBegun && !step.isUndo;
    const node = program.nodes.get(step.node);
    if (isOpen && node && clinicOf(node.task).compensate) {
      run.state.undo.push({ node: step.node, visit: step.visit, state: "open" });
    }
  }

  function next(): void {
    const undo = run.state.undo.findLast(({ state }) => state === "open");
    const node = undo && program.nodes.get(undo.node);
    if (!undo || !node) return end();
    const visits = run.state.visits;
    const step = core.create(node, null, null);
    // An undo belongs to the visit that it undoes and is no visit of its own.
    visits[node.reference] = step.visit - 1;
    step.visit = undo.visit;
    step.isUndo = true;
    step.data = {};
  }

  function end(): void {
    const isWhole = run.state.undo.every(({ state }) => state === "done");
    const status = isWhole ? run.state.after ?? "compensated" : "compensation_failed";
    core.finish(status, null, run.reason ?? undefined);
  }

  function begin(after: RunStatus, reason: string): void {
    for (const step of [...core.live.values()]) core.cancel(step, reason);
    run.status = "compensating";
    run.reason = reason;
    run.state.after = after;
    core.say(null, "compensating", reason);
    next();
  }

  const close = (step: Step, state: "done" | "failed") => {
    const undo = run.state.undo.findLast((one) =>
      one.node === step.node && one.visit === step.visit && one.state === "open"
    );
    if (undo) undo.state = state;
    step.state = state === "done" ? "done" : "skipped";
    step.dueAt = null;
    core.touch(step);
    core.say(step, state === "done" ? "undone" : "not undone");
    next();
  };

  return {
    note,
    begin,
    async ask(step: Step): Promise<Ask | undefined> {
      try {
        const { task } = core.nodeOf(step);
        const undo = clinicOf(task).compensate!;
        const known = core.functions.find(({ name }) => name === undo.call);
        const args = await core.fill(undo.with ?? {}, core.variablesOf(null));
        const parsed = known?.input.safeParse(args);
        if (!known?.request || !parsed?.success) {
          throw fault("validation", 400, "the undo cannot be asked for");
        }
        return { step, request: await core.requestOf(step, known, parsed.data) };
      } catch {
        // The others are undone all the same.
        close(step, "failed");
        return undefined;
      }
    },
    settle(step: Step, outcome: CallOutcome): Promise<void> {
      const isGone = outcome.kind === "refused" && /answered (404|410)\b/.test(outcome.reason);
      if (outcome.kind === "done" || isGone) close(step, "done");
      else if (outcome.kind === "refused" || ++step.attempts >= TRIES_MAX) close(step, "failed");
      else {
        step.dueAt = new Date(core.now().getTime() + backoffMs(step.attempts - 1));
        core.touch(step);
        core.say(step, "again", outcome.reason);
      }
      return Promise.resolve();
    },
    cancelRun(reason: string, isUndone: boolean): void {
      if (isUndone) return begin("cancelled", reason);
      for (const step of [...core.live.values()]) core.cancel(step, reason);
      core.finish("cancelled", null, reason);
    },
  };
}
