/** What can be done with runs. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as calendars from "../calendars/calendars.ts";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import { canonical, compile, type Document, graphOf, type Json } from "../language/language.ts";
import { problem } from "../problems.ts";
import * as effects from "./effects.ts";
import { createMachine, Fault, type Machine } from "./machine.ts";
import { patientOf, start as insertRun } from "./starting.ts";
import { isOver } from "./state.ts";
import * as commits from "../commits/commits.ts";
import * as steps from "../steps/steps.ts";
import * as tasks from "../tasks/tasks.ts";
import * as store from "./store.ts";

export { keep as keepEvent } from "../arrivals/arrivals.ts";
export { insert as keepFact } from "../arrivals/arrivals.ts";
export { simulate } from "./simulator.ts";
/** Runs as they are kept, within a transaction of somebody else's. */
export { find, listByIds } from "./store.ts";
/** Starts a run within a transaction of somebody else's. */
export { start as startWithin } from "./starting.ts";
/** Tells a waiting step something, in the transaction in which it happened. */
export const tell = steps.deliver;

/** A clinic that lets a definition of this name run has no other reviews of documents. */
const REVIEW_KEY = "document-review";

type Request = { requestId: string };

/** Where an input does not fit what the definition asks for. */
async function checkInput(deps: Deps, document: Document, input: Json): Promise<void> {
  const schema = ((document.input ?? {}) as { schema?: { document?: Json } }).schema?.document;
  if (schema === undefined) return;
  const errors = await deps.sandbox.validate(schema, input);
  if (errors.length === 0) return;
  throw problem("run-input", {
    errors: errors.map(({ pointer, detail }) => ({ pointer: `/input${pointer}`, detail })),
  });
}

/** Starts a run; a second one with the same key is the first. */
export async function start(
  deps: Deps,
  actor: UserActor,
  { key, version, input, patientId, idempotencyKey, requestId, subject = null }: Request & {
    key: string;
    version?: number | undefined;
    input: Json;
    patientId?: string | undefined;
    idempotencyKey?: string | undefined;
    subject?: { type: string; id: string } | null;
  },
): Promise<{ run: store.KeptRun; isNew: boolean }> {
  const { organizationId, userId } = actor;
  const scope = { organizationId };
  const definition = await read(
    deps.sql,
    scope,
    (tx) => definitions.findRunnable(tx, organizationId, key, version ?? null),
  );
  if (!definition) throw problem("definition-not-found");
  if (definition.state === "retired") {
    throw problem("definition-state", { detail: "New runs are runs of the active version." });
  }
  if (!await definitions.isAsApproved(definition)) throw problem("approval-void");
  await checkInput(deps, definition.document, input);
  const startKey = `user ${userId} ${idempotencyKey ?? newId()}`;
  return await transaction(deps.sql, scope, async (tx) => {
    const id = await insertRun(tx, deps.now(), actor, {
      definition,
      organizationId,
      input,
      subject,
      patientId: patientId ?? patientOf(input),
      startedBy: { kind: "user", id: userId },
      requestId,
      startKey,
    });
    const run = await store.findByKey(tx, organizationId, key, startKey);
    if (!id && canonical(run!.state.input) !== canonical(input)) {
      throw common("idempotency-mismatch");
    }
    if (id) await deps.wakeRuns(tx);
    return { run: run!, isNew: id !== undefined };
  });
}

async function readRun(deps: Deps, organizationId: string, id: string) {
  const found = await read(deps.sql, { organizationId }, async (tx) => {
    const run = await store.find(tx, organizationId, id);
    return run && { run, steps: await steps.listSteps(tx, organizationId, id) };
  });
  if (!found) throw problem("run-not-found");
  return found;
}

export async function get(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Request & { id: string },
) {
  const { organizationId } = actor;
  const found = await readRun(deps, organizationId, id);
  await deps.auditRead({
    actor,
    organizationId,
    action: "run.read",
    subject: { type: "run", id },
    requestId,
  });
  return found;
}

/** A run drawn on its definition: every task with how far it is. */
export async function graph(deps: Deps, actor: UserActor, asked: Request & { id: string }) {
  const { organizationId } = actor;
  const { run, steps } = await get(deps, actor, asked);
  const definition = await read(
    deps.sql,
    { organizationId },
    (tx) => definitions.findById(tx, organizationId, run.definitionId),
  );
  const { nodes, edges } = graphOf(compile(definition!.document));
  const forward = steps.filter(({ isUndo }) => !isUndo);
  return {
    status: run.status,
    edges,
    nodes: nodes.map((node) => {
      const own = forward.filter(({ node: reference }) => reference === node.id);
      const last = own.at(-1);
      return {
        ...node,
        state: last?.state ?? null,
        visits: own.length,
        begunAt: last?.begunAt ?? null,
        endedAt: last?.endedAt ?? null,
        dueAt: last?.dueAt ?? null,
      };
    }),
  };
}

/** Newest first, from the one before `before` on; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  actor: UserActor,
  { filter, before, limit, requestId }: Request & {
    filter: store.Filter;
    before: string | undefined;
    limit: number;
  },
): Promise<store.KeptRun[]> {
  const { organizationId } = actor;
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "run.listed",
    subject: { type: "run" },
    requestId,
    details: { ...filter, count: Math.min(rows.length, limit) },
  });
  return rows;
}

/** What has happened since `after`, and how the run stands. */
export async function follow(
  deps: Deps,
  organizationId: string,
  { id, after, limit = 500 }: { id: string; after: number; limit?: number },
): Promise<{ run: store.KeptRun; entries: store.HistoryRow[] }> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const run = await store.find(tx, organizationId, id);
    if (!run) throw problem("run-not-found");
    return { run, entries: await store.listHistory(tx, organizationId, id, after, limit) };
  });
}

/** What else is to happen with an operator's word, or not at all; returns what is to be audited. */
type Alongside = (tx: Db) => Promise<AuditEntry[]>;
type Order = Request & { id: string; action: string; reason: string; alongside?: Alongside };
type Work = (machine: Machine, run: store.KeptRun) => Promise<void> | void;

/** Times that an operator's word is said again because a worker was quicker. */
const TRIES_MAX = 10;

/** An operator's word: whoever works on the run loses it, and finds it changed. */
async function operate(
  deps: Deps,
  actor: UserActor,
  order: Order,
  work: Work,
): Promise<store.KeptRun> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const run = await operateOnce(deps, actor, order, work);
    if (run) return run;
  }
  throw problem("run-changed");
}

/** Undefined, and nothing has happened, when somebody was quicker. */
async function operateOnce(
  deps: Deps,
  actor: UserActor,
  { id, action, reason, requestId, alongside = () => Promise.resolve([]) }: Order,
  work: Work,
): Promise<store.KeptRun | undefined> {
  const { organizationId, userId } = actor;
  const scope = { organizationId };
  const loaded = await read(deps.sql, scope, async (tx) => {
    const run = await store.find(tx, organizationId, id);
    if (!run) throw problem("run-not-found");
    const definition = await definitions.findById(tx, organizationId, run.definitionId);
    const live = await steps.listLive(tx, organizationId, id);
    const { document, createdBy: authorId } = definition!;
    return { run, steps: live, program: compile(document), authorId };
  });
  const { run } = loaded;
  if (isOver(run.status)) throw problem("run-state", { detail: `It is ${run.status}.` });
  const before = run.status;
  const machine = createMachine({
    ...loaded,
    functions: deps.functions,
    evaluate: deps.sandbox.evaluate,
    calendarOf: (name) => calendars.find(deps.sql, organizationId, name),
    membersOf: (names) => tasks.membersOf(deps.sql, organizationId, names),
    now: deps.now,
    newId,
  });
  await work(machine, run);
  const taken = machine.take();
  const at = deps.now();
  const told = { stepId: null, node: null, event: action, detail: reason, lateMs: null };
  return await transaction(deps.sql, scope, async (tx) => {
    const isMine = await commits.commit(tx, {
      run,
      by: undefined,
      steps: taken.steps,
      history: [told, ...taken.history],
      signals: [],
      nextId: undefined,
      leaseSeconds: 0,
      actorId: userId,
    }, at);
    if (!isMine) return undefined;
    const beside = await alongside(tx);
    const entries = await effects.apply(tx, run, { effects: taken.effects, before, at });
    await deps.wakeRuns(tx);
    await record(tx, at, ...beside, ...entries, {
      actor,
      organizationId,
      action: `run.${action}`,
      subject: { type: "run", id },
      requestId,
      details: { reason },
    });
    return run;
  });
}

type Asked = Omit<Order, "action">;

/** Ends a run; with `compensate`, what can be undone is undone first. */
export const cancel = (
  deps: Deps,
  actor: UserActor,
  { compensate, ...asked }: Asked & { compensate: boolean },
) =>
  operate(deps, actor, { ...asked, action: "cancel" }, (machine, run) => {
    if (run.status === "compensating") {
      throw problem("run-state", { detail: "It is being undone." });
    }
    machine.cancelRun(asked.reason, compensate);
  });

/** Its timers stand still, and what is told to it waits. */
export const suspend = (deps: Deps, actor: UserActor, asked: Asked) =>
  operate(deps, actor, { ...asked, action: "suspend" }, (_machine, run) => {
    if (run.status !== "running") throw problem("run-state", { detail: `It is ${run.status}.` });
    run.status = "suspended";
    run.reason = asked.reason;
  });

export const resume = (deps: Deps, actor: UserActor, asked: Asked) =>
  operate(deps, actor, { ...asked, action: "resume" }, (_machine, run) => {
    if (run.status !== "suspended") throw problem("run-state", { detail: `It is ${run.status}.` });
    run.status = "running";
    run.reason = null;
  });

/** Tries the failed steps again. */
export const retry = (deps: Deps, actor: UserActor, asked: Asked) =>
  operate(deps, actor, { ...asked, action: "retry" }, (machine, run) => {
    if (run.status !== "failed" || !machine.retry()) {
      throw problem("run-state", { detail: `It is ${run.status}.` });
    }
  });

/** Goes on without a step: somebody has seen to it in another way. */
export const skipStep = (
  deps: Deps,
  actor: UserActor,
  { stepId, output, ...asked }: Asked & { stepId: string; output: Json },
) =>
  operate(deps, actor, { ...asked, action: "skip-step" }, async (machine) => {
    const step = machine.live.get(stepId);
    const isLeaf = step && ![...machine.live.values()].some(({ parentId }) => parentId === stepId);
    if (!step || !isLeaf || step.isUndo) throw problem("step-not-found");
    try {
      await machine.skip(step, output);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const detail = error.error.detail ?? "The run cannot go on with this.";
      throw common("invalid-request", { errors: [{ pointer: "/output", detail }] });
    }
  });

/** Whether an active definition of the organization sees to new documents by itself. */
export async function isSeenTo(
  tx: Db,
  { organizationid, type }: { organizationid: string; type: string },
): Promise<boolean> {
  const started = await definitions.listStartedBy(tx, organizationid, type);
  return started.some(({ key, state }) => key === REVIEW_KEY && state === "active");
}
