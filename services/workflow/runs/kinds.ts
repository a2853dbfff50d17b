/** What each kind of task does when it begins, and when what it holds has ended. */
import { CREATE_TASK, HUMAN_TASK } from "../language/language.ts";
import { clinicOf } from "../language/model.ts";
import { asRecord, type Json } from "../language/language.ts";
import { type Ask, type Core, Fault, fault } from "./core.ts";
import { errorTypes, type RunError, type Step } from "./state.ts";
import { createWaits } from "./waits.ts";

const ITEMS_MAX = 1_000;
/** Tries before an outcome that is not clear counts as an error: about half a minute. */
const TRIES_MAX = 6;
const BACKOFF_MS = 500;
const BACKOFF_MS_MAX = 60_000;

export const backoffMs = (attempts: number): number =>
  Math.min(BACKOFF_MS * 2 ** Math.min(attempts, 10), BACKOFF_MS_MAX);

export type CallOutcome =
  | { kind: "done"; result: Json }
  | { kind: "refused"; reason: string }
  | { kind: "unclear"; reason: string };

export function createKinds(core: Core) {
  const { program, run } = core;
  const waits = createWaits(core);

  async function chooseCase(step: Step): Promise<void> {
    const { task } = core.nodeOf(step);
    const variables = core.variablesOf(step);
    const data = step.data.data ?? null;
    for (const entry of task.switch as unknown as Record<string, Json>[]) {
      const [name, branch] = Object.entries(entry)[0]!;
      const { when, then } = asRecord(branch);
      if (typeof when === "string" && !await core.isTrue(when, variables)) continue;
      core.say(step, "chosen", name);
      return await core.complete(step, data, typeof then === "string" ? then : "continue");
    }
    await core.complete(step, data);
  }

  async function beginLoop(step: Step): Promise<void> {
    const loop = asRecord(core.nodeOf(step).task.for);
    const items = await core.ask(String(loop.in), core.variablesOf(step));
    if (!Array.isArray(items) || items.length > ITEMS_MAX) {
      throw fault("expression", 400, `for needs a list of at most ${ITEMS_MAX} things`);
    }
    step.data.items = items;
    step.data.index = -1;
    waits.hold(step);
    await nextRound(step, step.data.data ?? null);
  }

  async function nextRound(step: Step, input: Json): Promise<void> {
    const { task, reference } = core.nodeOf(step);
    const index = (step.data.index ?? -1) + 1;
    step.data.index = index;
    core.touch(step);
    if (index >= step.data.items!.length) return await core.complete(step, input);
    if (typeof task.while === "string") {
      const loop = asRecord(task.for);
      const round = {
        [String(loop.each ?? "item")]: step.data.items![index]!,
        [String(loop.at ?? "index")]: index,
        data: input,
      };
      if (!await core.isTrue(task.while, core.variablesOf(step, round))) {
        return await core.complete(step, input);
      }
    }
    await core.enter(`${reference}/do`, step, input);
  }

  function beginFork(step: Step): void {
    const { reference } = core.nodeOf(step);
    step.data.results = {};
    waits.hold(step);
    for (const branch of program.lists.get(`${reference}/fork/branches`)!) {
      core.create(branch, step, step.data.data ?? null);
    }
  }

  /** `all` unless told otherwise; the outputs in the order of the branches, or the winner's. */
  async function branchDone(step: Step, name: string, output: Json): Promise<void> {
    const { task, reference } = core.nodeOf(step);
    const isRace = asRecord(task.fork).compete === true;
    const join = clinicOf(task).join ?? (isRace ? "any" : "all");
    const branches = program.lists.get(`${reference}/fork/branches`)!;
    const results = step.data.results ??= {};
    results[name] = output;
    core.touch(step);
    const needed = join === "all" ? branches.length : join === "any" ? 1 : join;
    if (Object.keys(results).length < needed) return;
    for (const child of [...core.live.values()]) {
      if (child.parentId === step.id) core.cancel(child, "enough others were done");
    }
    const outputs = branches.filter(({ name }) => name in results).map(({ name }) =>
      results[name]!
    );
    await core.complete(step, isRace || join === "any" ? outputs[0]! : outputs);
  }

  async function raise(step: Step): Promise<never> {
    const written = asRecord(core.nodeOf(step).task.raise).error!;
    const named = typeof written === "string" ? program.document.use?.errors?.[written] : written;
    if (named === undefined) throw fault("configuration", 500, "the error is not defined");
    const error = asRecord(await core.fill(named, core.variablesOf(step)));
    const made: RunError = {
      type: String(error.type),
      status: Number(error.status) || 500,
      ...(error.title === undefined ? {} : { title: String(error.title) }),
      ...(error.detail === undefined ? {} : { detail: String(error.detail) }),
    };
    throw new Fault(made);
  }

  async function emit(step: Step): Promise<void> {
    const event = asRecord(asRecord(core.nodeOf(step).task.emit).event);
    const given = asRecord(await core.fill(event.with ?? {}, core.variablesOf(step)));
    core.effects.push({
      kind: "emit",
      id: core.newId(),
      type: String(given.type),
      subject: String(given.subject ?? run.subject?.id ?? run.id),
      data: given.data ?? {},
    });
    await core.complete(step, given);
  }

  async function startRun(step: Step): Promise<void> {
    const written = asRecord(core.nodeOf(step).task.run);
    const { name, version, input } = asRecord(written.workflow);
    const isAwaited = written.await !== false;
    const value = await core.fill(input ?? step.data.data ?? null, core.variablesOf(step));
    // Versions are numbers here; `latest` and anything else is the one that is active.
    const wanted = Number(version);
    core.effects.push({
      kind: "start-run",
      stepId: step.id,
      key: String(name),
      version: Number.isInteger(wanted) && wanted > 0 ? wanted : null,
      input: value,
      isAwaited,
    });
    if (isAwaited) waits.hold(step);
    else await core.complete(step, step.data.data ?? null);
  }

  async function call(step: Step): Promise<Ask | undefined> {
    const { task } = core.nodeOf(step);
    const known = core.functions.find(({ name }) => name === task.call);
    if (!known) throw fault("configuration", 500, `there is no function ${String(task.call)}`);
    const args = await core.fill(task.with ?? {}, core.variablesOf(step));
    const parsed = known.input.safeParse(args);
    if (!parsed.success) {
      const places = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
      throw fault("validation", 400, `arguments that do not fit: ${places || "all"}`);
    }
    if (known.name === HUMAN_TASK) return void await waits.openTask(step, parsed.data as never);
    if (known.name === CREATE_TASK) {
      await waits.orderTask(step, parsed.data as never);
      return void await core.complete(step, step.data.data ?? null);
    }
    if (!known.request) {
      core.say(step, "note", String(asRecord(args).text ?? ""));
      return void await core.complete(step, args);
    }
    return { step, request: await core.requestOf(step, known, parsed.data) };
  }

  async function settle(step: Step, outcome: CallOutcome): Promise<void> {
    const node = core.nodeOf(step);
    const { class: kind, compensate } = clinicOf(node.task);
    const mayHaveHappened = () => {
      if (compensate) run.state.undo.push({ node: step.node, visit: step.visit, state: "open" });
      if (kind === "pivot" || kind === "irreversible") run.state.isPastPivot = true;
    };
    if (outcome.kind === "done") {
      mayHaveHappened();
      return await core.complete(step, outcome.result);
    }
    if (outcome.kind === "unclear") {
      step.attempts++;
      const isGivenUp = step.attempts >= TRIES_MAX && kind !== "retryable" && kind !== "pivot" &&
        kind !== "irreversible";
      if (!isGivenUp) {
        step.dueAt = new Date(core.now().getTime() + backoffMs(step.attempts - 1));
        core.touch(step);
        core.say(step, "again", outcome.reason);
        return;
      }
      mayHaveHappened();
    } else if (step.attempts > 0 || step.crashes > 0) mayHaveHappened();
    const status = outcome.kind === "unclear" ? 503 : 409;
    throw new Fault({ type: errorTypes.communication, status, detail: outcome.reason });
  }

  return {
    branchDone,
    settle,
    async listDone(parent: Step, _list: string, output: Json): Promise<void> {
      if (parent.kind === "for") await nextRound(parent, output);
      else await core.complete(parent, output);
    },
    async begin(step: Step): Promise<Ask | void> {
      const { task, kind, reference } = core.nodeOf(step);
      switch (kind) {
        case "set": {
          const value = typeof task.set === "string"
            ? await core.ask(task.set, core.variablesOf(step))
            : await core.fill(task.set!, core.variablesOf(step));
          return await core.complete(step, value);
        }
        case "do":
        case "try":
          waits.hold(step);
          step.data.attempt = 1;
          return await core.enter(`${reference}/${kind}`, step, step.data.data ?? null);
        case "switch":
          return await chooseCase(step);
        case "for":
          return await beginLoop(step);
        case "fork":
          return beginFork(step);
        case "raise":
          return await raise(step);
        case "emit":
          return await emit(step);
        case "wait":
          return await waits.beginTimer(step);
        case "listen":
          return await waits.beginListening(step);
        case "run":
          return await startRun(step);
        case "call":
          return await call(step);
      }
    },
  };
}
