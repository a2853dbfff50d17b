/** What can be done with tasks. */
import { record } from "@praxis/shared/audit";
import type { ServiceActor, UserActor } from "@praxis/shared/auth";
import { type EventEnvelope, publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { carryOut, type Order, takeBack } from "@praxis/shared/orders";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { TaskCompleted, TaskCreated } from "./facts.ts";
import * as runs from "../runs/runs.ts";
import {
  type Completion,
  isCurrent,
  isOffered,
  type Move,
  move,
  type MovedTasks,
  type NewTask,
  secondOpinion,
  type Task,
} from "./model.ts";
import * as store from "./store.ts";

export { listOpenOf, listPermissionsOf } from "./store.ts";
export * from "./handling.ts";
export * from "./steps.ts";

/** Opens the task that follows from `event`, within the transaction that takes the event in. */
export async function open(
  tx: Db,
  at: Date,
  { event, task }: { event: EventEnvelope; task: NewTask },
): Promise<void> {
  const organizationId = event.organizationid;
  const opened = await store.insert(tx, {
    ...task,
    id: newId(),
    organizationId,
    eventId: event.id,
  });
  if (!opened) return;
  const { id, subject, patientId, candidatePermission, dueAt } = opened;
  const requestId = event.requestid === undefined ? {} : { requestId: event.requestid };
  await publish(tx, TaskCreated, {
    source: "workflow",
    organizationId,
    subject: id,
    at,
    ...requestId,
    data: { taskId: id, subject, patientId, candidatePermission, dueAt },
  });
  await record(tx, at, {
    actor: { kind: "service", service: event.source.slice(1) },
    organizationId,
    action: "task.created",
    subject: { type: "task", id },
    ...requestId,
    details: { eventId: event.id, subjectType: subject.type, subjectId: subject.id },
  });
}

/** Opens tasks that a service asks for, within `tx`. Returns their ids. */
export async function openAll(
  tx: Db,
  at: Date,
  { organizationId, actor, requestId, tasks }: {
    organizationId: string;
    actor: ServiceActor;
    requestId: string;
    tasks: readonly NewTask[];
  },
): Promise<string[]> {
  const opened: Task[] = [];
  for (const task of tasks) {
    const one = await store.insert(tx, { ...task, id: newId(), organizationId, eventId: newId() });
    if (one) opened.push(one);
  }
  for (const { id, subject, patientId, candidatePermission, dueAt } of opened) {
    await publish(tx, TaskCreated, {
      source: "workflow",
      organizationId,
      subject: id,
      at,
      requestId,
      data: { taskId: id, subject, patientId, candidatePermission, dueAt },
    });
  }
  const entries = opened.map(({ id, subject }) => ({
    actor,
    organizationId,
    action: "task.created",
    subject: { type: "task", id },
    requestId,
    details: { subjectType: subject.type, subjectId: subject.id },
  }));
  if (entries.length > 0) await record(tx, at, ...entries);
  return opened.map(({ id }) => id);
}

type Read = { requestId: string };

export async function get(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Read & { id: string },
): Promise<Task> {
  const { organizationId } = actor;
  const task = await read(
    deps.sql,
    { organizationId },
    (tx) => store.find(tx, organizationId, actor, id),
  );
  if (!task) throw problem("task-not-found");
  await deps.auditRead({
    actor,
    organizationId,
    action: "task.read",
    subject: { type: "task", id },
    requestId,
  });
  return task;
}

/** Newest first, from the one before `before` on; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  actor: UserActor,
  { filter, before, limit, requestId }: Read & {
    filter: store.Filter;
    before: string | undefined;
    limit: number;
  },
): Promise<Task[]> {
  const { organizationId } = actor;
  const tasks = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, actor, filter, { before, limit: limit + 1 }),
  );
  // What was asked for, without the hour at which it was.
  const { awakeAt: _awakeAt, overdueAt: _overdueAt, ...asked } = filter;
  await deps.auditRead({
    actor,
    organizationId,
    action: "task.listed",
    subject: { type: "task" },
    requestId,
    details: { ...asked, count: Math.min(tasks.length, limit) },
  });
  return tasks;
}

const done = { claim: "task.claimed", release: "task.released", complete: "task.completed" };

/** Moves a task on. What is already as it should be stays as it is and is not recorded again. */
export async function work(
  deps: Deps,
  actor: UserActor,
  { id, step, ifMatch, requestId }: Read & {
    id: string;
    step: Move;
    ifMatch: string | undefined;
  },
): Promise<Task> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  if (step.kind === "complete") await checkAnswer(deps, actor, id, step.completion);
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const task = await store.lock(tx, organizationId, actor, id);
    if (!task) throw problem("task-not-found");
    if (!isCurrent(task, ifMatch)) throw problem("task-changed");
    const moved = move(task, userId, step, at);
    if (moved.kind === "refused") throw problem(moved.why);
    if (moved.kind === "unchanged") return task;
    if (step.kind === "complete") {
      const { completion } = step;
      if (!isOffered(task, completion.outcome)) throw problem("task-outcome-unknown");
      const opinion = secondOpinion(task, userId, completion, (ifMatch ?? "*") !== "*");
      if (opinion === "unread") throw problem("task-unread");
      if (opinion === "same-person") throw problem("task-four-eyes");
      if (opinion === "propose") {
        return await propose(tx, deps, actor, { id, completion, requestId });
      }
      const { data } = completion;
      if (data !== undefined) await store.change(tx, organizationId, id, { data });
    }
    const updated = await store.update(tx, organizationId, id, moved.progress);
    if (step.kind === "complete") {
      const { subject, patientId, outcome } = updated;
      await tellRun(tx, deps, organizationId, updated, at);
      await publish(tx, TaskCompleted, {
        source: "workflow",
        organizationId,
        subject: id,
        at,
        requestId,
        data: { taskId: id, subject, patientId, completedBy: userId, outcome },
      });
    }
    await record(tx, at, {
      actor,
      organizationId,
      action: done[step.kind],
      subject: { type: "task", id },
      requestId,
      details: { version: updated.version },
    });
    return updated;
  });
}

/** Before the transaction: what was filled in is checked by the clinic's own schema. */
async function checkAnswer(
  deps: Deps,
  actor: UserActor,
  id: string,
  { data }: Completion,
): Promise<void> {
  const { organizationId } = actor;
  const scope = { organizationId };
  const task = await read(deps.sql, scope, (tx) => store.find(tx, organizationId, actor, id));
  const isSchema = task?.form !== null && typeof task?.form === "object";
  if (!task || !isSchema) return;
  const answer = data ?? (task.proposedBy === null ? {} : task.data ?? {});
  const errors = await deps.sandbox.validate(task.form as never, answer as never);
  if (errors.length === 0) return;
  throw problem("task-outcome-unknown", {
    errors: errors.map(({ pointer, detail }) => ({ pointer: `/data${pointer}`, detail })),
  });
}

async function propose(
  tx: Db,
  deps: Deps,
  actor: UserActor,
  { id, completion, requestId }: { id: string; completion: Completion; requestId: string },
): Promise<Task> {
  const { organizationId, userId } = actor;
  const updated = await store.change(tx, organizationId, id, {
    state: "open",
    claimedBy: null,
    proposedBy: userId,
    outcome: completion.outcome ?? null,
    data: completion.data ?? {},
  });
  const at = deps.now();
  if (completion.comment !== undefined) {
    // The task's own comment will be the second person's.
    await store.insertComment(tx, {
      id: newId(),
      organizationId,
      taskId: id,
      authorId: userId,
      text: completion.comment,
      at,
    });
  }
  await record(tx, at, {
    actor,
    organizationId,
    action: "task.proposed",
    subject: { type: "task", id },
    requestId,
    details: { version: updated.version },
  });
  return updated;
}

/** The run that waits for the task goes on, and others may hear that it is done. */
async function tellRun(
  tx: Db,
  deps: Deps,
  organizationId: string,
  { id, outcome, completedBy, data }: Task,
  at: Date,
): Promise<void> {
  const stepId = await store.findStep(tx, organizationId, id);
  const payload = { taskId: id, outcome, data: (data ?? {}) as never, completedBy };
  if (stepId !== undefined) {
    await runs.tell(tx, { organizationId, stepId, id: `task:${id}`, kind: "task", payload, at });
    await deps.wakeRuns(tx);
  }
}

type Member = { organizationId: string; userId: string };

const releasing = ({ organizationId, userId }: Member) => ({
  organizationId,
  route: "task.release-all",
  subject: userId,
});

async function recordAll(
  tx: Db,
  deps: Deps,
  { actor, requestId }: Order,
  action: string,
  { organizationId, userId }: Member,
  taskIds: readonly string[],
): Promise<void> {
  const entries = taskIds.map((id) => ({
    actor,
    organizationId,
    action,
    subject: { type: "task", id },
    requestId,
    details: { userId },
  }));
  if (entries.length > 0) await record(tx, deps.now(), ...entries);
}

/** Takes from a member everything that they have claimed; nothing when that was undone before. */
export async function releaseAll(deps: Deps, order: Order, member: Member): Promise<MovedTasks> {
  const { organizationId, userId } = member;
  const released = await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut<MovedTasks | null>(tx, order, releasing(member), async () => {
        const taskIds = await store.releaseAll(tx, organizationId, userId);
        await recordAll(tx, deps, order, "task.released", member, taskIds);
        return { taskIds };
      }),
  );
  return released ?? { taskIds: [] };
}

/** Gives back what was released under the key `undoOf`, as far as nobody has it by now. */
export async function restoreAll(
  deps: Deps,
  order: Order,
  { undoOf, ...member }: Member & { undoOf: string },
): Promise<void> {
  const { organizationId, userId } = member;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack<MovedTasks>(tx, order, { ...releasing(member), undoOf }, async (released) => {
        const taskIds = await store.claimAll(tx, organizationId, userId, released.taskIds);
        await recordAll(tx, deps, order, "task.claimed", member, taskIds);
      }),
  );
}

/** Gives open tasks to a member who may work them. @throws Problem `assignee-unfit` */
export async function assignAll(
  deps: Deps,
  order: Order,
  { taskIds, ...member }: Member & { taskIds: string[] },
): Promise<MovedTasks> {
  const { organizationId, userId } = member;
  const able = await deps.identity.listMembers(organizationId, "tasks:work");
  const assigning = {
    organizationId,
    route: "task.assign-all",
    subject: JSON.stringify([userId, taskIds]),
  };
  return await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut(tx, order, assigning, async () => {
        // In here: what was done already is answered as it was, whoever may work tasks by now.
        if (!able.includes(userId)) throw problem("assignee-unfit");
        const assigned = await store.claimAll(tx, organizationId, userId, taskIds);
        await recordAll(tx, deps, order, "task.assigned", member, assigned);
        return { taskIds: assigned };
      }),
  );
}
