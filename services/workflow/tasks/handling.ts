/** What people do with tasks beside working them: put off, hand on, talk about, and group. */
import { record } from "@praxis/shared/audit";
import { isPermission, type UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, type Sql, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { type Comment, isCurrent, type Pool, type Task } from "./model.ts";
import * as store from "./store.ts";

type Asked = { id: string; ifMatch: string | undefined; requestId: string };

async function lockLive(
  tx: Db,
  actor: UserActor,
  { id, ifMatch }: Pick<Asked, "id" | "ifMatch">,
): Promise<Task> {
  const task = await store.lock(tx, actor.organizationId, actor, id);
  if (!task) throw problem("task-not-found");
  if (!isCurrent(task, ifMatch)) throw problem("task-changed");
  if (task.state === "completed" || task.state === "cancelled") throw problem("task-ended");
  return task;
}

const note = (
  tx: Db,
  deps: Deps,
  actor: UserActor,
  action: string,
  { id, requestId }: Pick<Asked, "id" | "requestId">,
  details: Record<string, unknown>,
) =>
  record(tx, deps.now(), {
    actor,
    organizationId: actor.organizationId,
    action: `task.${action}`,
    subject: { type: "task", id },
    requestId,
    details,
  });

/** Puts a task off, at most until it is due; it is in nobody's list meanwhile unless asked for. */
export async function snooze(
  deps: Deps,
  actor: UserActor,
  { until, ...asked }: Asked & { until: string },
): Promise<Task> {
  const { organizationId, userId } = actor;
  const isAhead = Date.parse(until) > deps.now().getTime();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const task = await lockLive(tx, actor, asked);
    if (task.claimedBy !== null && task.claimedBy !== userId) throw problem("task-claimed");
    if (!isAhead || Date.parse(until) > Date.parse(task.dueAt)) {
      throw common("invalid-request", {
        errors: [{ pointer: "/until", detail: "Later than now and not after it is due." }],
      });
    }
    const changed = await store.change(tx, organizationId, asked.id, { snoozedUntil: until });
    await note(tx, deps, actor, "snoozed", asked, { until });
    return changed;
  });
}

/**
 * Hands a task to another member who may work it: one's own, or anybody's by whoever may assign.
 */
export async function delegate(
  deps: Deps,
  actor: UserActor,
  { toUserId, ...asked }: Asked & { toUserId: string },
): Promise<Task> {
  const { organizationId, userId, permissions } = actor;
  const scope = { organizationId };
  const seen = await read(deps.sql, scope, (tx) => store.find(tx, organizationId, actor, asked.id));
  if (!seen) throw problem("task-not-found");
  // In the hands of somebody who may not see it, it would be lost to everybody.
  const needed = new Set(["tasks:work", seen.candidatePermission].filter(isPermission));
  const able = await Promise.all(
    [...needed].map((one) => deps.identity.listMembers(organizationId, one)),
  );
  return await transaction(deps.sql, scope, async (tx) => {
    const task = await lockLive(tx, actor, asked);
    const isSupervisor = permissions.includes("tasks:assign");
    if (task.claimedBy !== userId && !isSupervisor) throw problem("task-not-yours");
    if (!able.every((members) => members.includes(toUserId))) throw problem("assignee-unfit");
    const changed = await store.change(tx, organizationId, asked.id, {
      state: "claimed",
      claimedBy: toUserId,
      snoozedUntil: null,
    });
    await note(tx, deps, actor, "delegated", asked, { fromUserId: task.claimedBy, toUserId });
    return changed;
  });
}

export async function comment(
  deps: Deps,
  actor: UserActor,
  { id, text, requestId }: { id: string; text: string; requestId: string },
): Promise<Comment> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const made = { id: newId(), authorId: userId, text, at: at.toISOString() };
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.find(tx, organizationId, actor, id)) throw problem("task-not-found");
    await store.insertComment(tx, { ...made, organizationId, taskId: id, at });
    await note(tx, deps, actor, "commented", { id, requestId }, { commentId: made.id });
    return made;
  });
}

export async function listComments(
  deps: Deps,
  actor: UserActor,
  { id, before, limit, requestId }: {
    id: string;
    before: string | undefined;
    limit: number;
    requestId: string;
  },
): Promise<Comment[]> {
  const { organizationId } = actor;
  const comments = await read(deps.sql, { organizationId }, async (tx) => {
    if (!await store.find(tx, organizationId, actor, id)) throw problem("task-not-found");
    return await store.listComments(tx, organizationId, id, { before, limit: limit + 1 });
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "task.comments_read",
    subject: { type: "task", id },
    requestId,
  });
  return comments;
}

export async function putPool(
  deps: Deps,
  actor: UserActor,
  { pool, requestId }: { pool: Pool; requestId: string },
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await store.putPool(tx, organizationId, pool);
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "task_pool.changed",
      subject: { type: "task-pool", id: pool.name },
      requestId,
      details: { members: pool.members.length },
    });
  });
}

export const listPools = (deps: Deps, { organizationId }: UserActor): Promise<Pool[]> =>
  read(deps.sql, { organizationId }, (tx) => store.listPools(tx, organizationId));

/** Who belongs to any of these pools. */
export const membersOf = (
  sql: Sql,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> =>
  read(sql, { organizationId }, (tx) => store.listMembersOf(tx, organizationId, names));
