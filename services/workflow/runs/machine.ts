/** What follows when a step begins, ends or fails: pure but for what it is given to ask. */
import { asRecord, type Json } from "../language/language.ts";
import { clinicOf, type Node, ROOT, type Task } from "../language/model.ts";
import { type Ask, type Core, Fault, fault, type MachineOptions } from "./core.ts";
import { createExpressions } from "./expressions.ts";
import { createFailures } from "./failures.ts";
import { createKinds } from "./kinds.ts";
import { requestOf } from "./requests.ts";
import {
  type Effect,
  type HistoryLine,
  isLive,
  type RunStatus,
  type Signal,
  type Step,
} from "./state.ts";
import { createUndoing } from "./undoing.ts";
import { createWaits } from "./waits.ts";

export { type Ask, Fault, fault, type MachineOptions } from "./core.ts";

/** More than any pathway needs; a run that has more is in a loop. */
const STEPS_MAX = 10_000;
const VISITS_MAX = 1_000;
/** Of everything that a run remembers. */
const STATE_CHARS_MAX = 512 * 1024;

export type Machine = ReturnType<typeof createMachine>;

export function createMachine(options: MachineOptions) {
  const { program, run, functions, now, newId } = options;
  const live = new Map(options.steps.map((step) => [step.id, step]));
  const expressions = createExpressions(options, live);
  const { variablesOf, isTrue, transform } = expressions;
  const touched = new Set<Step>();
  const history: HistoryLine[] = [];
  const effects: Effect[] = [];

  function nodeOf(step: Step): Node {
    const node = program.nodes.get(step.node);
    if (!node) throw fault("configuration", 500, "The definition has no such task.");
    return node;
  }

  function touch(step: Step): void {
    touched.add(step);
    if (!isLive(step)) live.delete(step.id);
  }

  const say: Core["say"] = (step, event, detail = null, lateMs = null) =>
    void history.push({
      stepId: step?.id ?? null,
      node: step?.node ?? null,
      event,
      detail,
      lateMs,
    });

  function create(node: Node, parent: Step | null, input: Json): Step {
    const { visits } = run.state;
    const visit = (visits[node.reference] ?? 0) + 1;
    const bound = clinicOf(node.task).maxVisits ?? VISITS_MAX;
    const total = Object.values(visits).reduce((sum, count) => sum + count, 0);
    const step: Step = {
      id: newId(),
      parentId: parent?.id ?? null,
      node: node.reference,
      visit,
      kind: node.kind,
      state: "ready",
      isUndo: false,
      dueAt: now(),
      input,
      data: {},
      output: null,
      error: null,
      attempts: 0,
      crashes: 0,
      isBegun: false,
      eventTypes: [],
      eventSubject: null,
    };
    visits[node.reference] = visit;
    live.set(step.id, step);
    touch(step);
    if (visit > bound || total >= STEPS_MAX) {
      // It fails where it stands, so that a `try` around it may see to it.
      step.data.error = "too often";
    }
    return step;
  }

  async function enter(list: string, parent: Step | null, input: Json): Promise<void> {
    const first = program.lists.get(list)?.[0];
    if (first) create(first, parent, input);
    else await core.listDone(parent, list, input);
  }

  async function complete(step: Step, output: Json, then?: string): Promise<void> {
    const node = nodeOf(step);
    const { task } = node;
    const as = asRecord(task.output).as;
    let value = output;
    if (as !== undefined) {
      value = await transform(as, variablesOf(step, { output }));
    }
    const exported = asRecord(task.export).as;
    if (exported !== undefined) {
      run.state.context = await transform(exported, variablesOf(step, { output: value }));
    }
    run.state.outputs[node.name] = value;
    if (JSON.stringify(run.state).length > STATE_CHARS_MAX) {
      throw fault("runtime", 500, "the run remembers too much");
    }
    step.state = "done";
    step.output = value;
    step.dueAt = null;
    touch(step);
    say(step, "done");
    await advance(step, node, value, then ?? task.then);
  }

  async function advance(step: Step, node: Node, output: Json, then?: string): Promise<void> {
    const parent = step.parentId === null ? null : live.get(step.parentId) ?? null;
    if (node.list.endsWith("/fork/branches")) {
      if (parent) await kinds.branchDone(parent, node.name, output);
      return;
    }
    if (then === "end") return await end(output);
    if (then === "exit") return await core.listDone(parent, node.list, output);
    const list = program.lists.get(node.list)!;
    const next = then === undefined || then === "continue"
      ? list[node.index + 1]
      : list.find(({ name }) => name === then);
    if (next) create(next, parent, output);
    else await core.listDone(parent, node.list, output);
  }

  async function end(output: Json): Promise<void> {
    const as = asRecord(program.document.output).as;
    const value = as === undefined
      ? output
      : await transform(as, { ...variablesOf(null), output, data: output });
    finish("completed", value);
  }

  function finish(status: RunStatus, output: Json, reason?: string): void {
    for (const step of [...live.values()]) cancel(step, "the run has ended");
    run.status = status;
    run.output = output;
    run.reason = reason ?? null;
    say(null, status, reason ?? null);
  }

  function cancel(step: Step, reason: string): void {
    for (const child of [...live.values()]) {
      if (child.parentId === step.id) cancel(child, reason);
    }
    if (!isLive(step)) return;
    undoing.note(step);
    waits.forget(step, reason);
    step.state = "cancelled";
    step.dueAt = null;
    touch(step);
    say(step, "cancelled", reason);
  }

  const core: Core = {
    ...options,
    live,
    effects,
    ...expressions,
    nodeOf,
    requestOf: (step, known, args) => requestOf(options, step, known, args),
    say,
    touch,
    create,
    enter,
    complete,
    listDone: async (parent, list, output) => {
      if (parent) await kinds.listDone(parent, list, output);
      else if (list === ROOT) await end(output);
    },
    fail: (step, error) => failures.fail(step, error),
    cancel,
    finish,
  };
  const kinds = createKinds(core);
  const waits = createWaits(core);
  const failures = createFailures(core);
  const undoing = createUndoing(core);

  /** What every task has before its own work: whether, with what, and for how long. */
  async function prepare(step: Step, task: Task): Promise<boolean> {
    if (step.data.error === "too often") {
      throw fault("runtime", 508, "this task has been begun too often");
    }
    if (typeof task.if === "string" && !await isTrue(task.if, variablesOf(step))) {
      step.state = "skipped";
      step.output = step.input;
      step.dueAt = null;
      touch(step);
      say(step, "skipped");
      await advance(step, nodeOf(step), step.input);
      return false;
    }
    const from = asRecord(task.input).from;
    step.data.data = from === undefined ? step.input : await transform(from, variablesOf(step));
    const after = asRecord(task.timeout).after;
    if (after !== undefined) step.data.timeoutAt = waits.timeoutAt(after).toISOString();
    touch(step);
    return true;
  }

  /** Runs `work` for `step`; what goes wrong in it goes the way of errors. */
  async function guard<T>(step: Step, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      await failures.fail(step, error.error);
      return undefined;
    }
  }

  return {
    run,
    live,
    /** The first step of a run. */
    async begin(): Promise<void> {
      await enter(ROOT, null, run.state.input);
      say(null, "started");
    },

    /** Works on a ready step. What it answers has to be asked, and then settled. */
    work: (step: Step): Promise<Ask | undefined> =>
      guard(step, async () => {
        if (step.isUndo) return await undoing.ask(step);
        const { task } = nodeOf(step);
        if (step.data.data === undefined && !await prepare(step, task)) return undefined;
        return await kinds.begin(step) ?? undefined;
      }),

    settle: (step: Step, outcome: Parameters<typeof kinds.settle>[1]) =>
      guard(step, () => step.isUndo ? undoing.settle(step, outcome) : kinds.settle(step, outcome)),

    /** A waiting step is due, or has been told something. */
    wake: (step: Step, signals: Signal[]) => guard(step, () => waits.wake(step, signals)),

    /** Operators' words. */
    retry: failures.retry,
    skip: failures.skip,
    quarantine: failures.quarantine,
    cancelRun: undoing.cancelRun,

    /** Steps that can be gone on with at once. */
    ready: () =>
      [...live.values()].filter(({ state, dueAt }) =>
        state === "ready" && dueAt !== null && dueAt <= now()
      ),

    /** What has changed since the last time this was asked. */
    take() {
      const taken = { steps: [...touched], history: [...history], effects: [...effects] };
      touched.clear();
      history.length = 0;
      effects.length = 0;
      return taken;
    },
    functions,
  };
}
