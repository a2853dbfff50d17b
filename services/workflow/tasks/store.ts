/** Where tasks are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Comment, NewTask, Pool, Progress, Task, TaskState, Viewer } from "./model.ts";

type Row = Omit<Task, "subject" | "createdAt" | "dueAt" | "completedAt" | "snoozedUntil"> & {
  subjectType: string;
  subjectId: string;
  createdAt: Date;
  dueAt: Date;
  completedAt: Date | null;
  snoozedUntil: Date | null;
};

function toTask(
  { subjectType, subjectId, createdAt, dueAt, completedAt, snoozedUntil, ...row }: Row,
): Task {
  return {
    ...row,
    subject: { type: subjectType, id: subjectId },
    createdAt: createdAt.toISOString(),
    dueAt: dueAt.toISOString(),
    completedAt: completedAt?.toISOString() ?? null,
    snoozedUntil: snoozedUntil?.toISOString() ?? null,
  };
}

const columns = (db: Db) =>
  db`id, title, state, subject_type, subject_id, patient_id, candidate_permission, created_at,
     due_at, claimed_by, completed_by, completed_at, outcome, comment, version, run_id,
     pools, priority, form, outcomes, data, is_four_eyes, proposed_by, snoozed_until,
     escalation_level`;

/** A task without the candidate's permission is not there; nor is another pool's, once it is one. */
const visible = (db: Db, { userId, permissions }: Viewer) =>
  db`candidate_permission = any (${permissions as string[]}::text[])
     and (pools = '{}' or claimed_by = ${userId} or ${permissions.includes("tasks:assign")}
       or exists (select 1 from task_pools p where p.organization_id = tasks.organization_id
                  and p.name = any (tasks.pools) and ${userId}::uuid = any (p.members))
       or not exists (select 1 from task_pools p where p.organization_id = tasks.organization_id
                      and p.name = any (tasks.pools) and p.members <> '{}'))`;

/** The new task, or undefined when one has followed from this event before. */
export async function insert(
  db: Db,
  { id, organizationId, eventId, ...task }: NewTask & {
    id: string;
    organizationId: string;
    eventId: string;
  },
): Promise<Task | undefined> {
  const [row] = await db<Row[]>`
    insert into tasks (id, organization_id, event_id, title, subject_type, subject_id, patient_id,
                       candidate_permission, created_at, due_at)
    values (${id}, ${organizationId}, ${eventId}, ${task.title}, ${task.subject.type},
            ${task.subject.id}, ${task.patientId}, ${task.candidatePermission}, ${task.createdAt},
            ${task.dueAt})
    on conflict (organization_id, event_id) do nothing
    returning ${columns(db)}`;
  return row && toTask(row);
}

export async function find(
  db: Db,
  organizationId: string,
  viewer: Viewer,
  id: string,
): Promise<Task | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from tasks
    where organization_id = ${organizationId} and id = ${id} and ${visible(db, viewer)}`;
  return row && toTask(row);
}

/** Whoever else wants to change the task waits until the transaction ends. */
export async function lock(
  db: Db,
  organizationId: string,
  viewer: Viewer,
  id: string,
): Promise<Task | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from tasks
    where organization_id = ${organizationId} and id = ${id} and ${visible(db, viewer)}
    for update`;
  return row && toTask(row);
}

export type Filter = {
  state?: TaskState;
  subjectId?: string;
  patientId?: string;
  claimedBy?: string;
  runId?: string;
  /** Without those that sleep at this time. */
  awakeAt?: Date;
  /** Only those that should have been done by this time. */
  overdueAt?: Date;
};

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  viewer: Viewer,
  { state, subjectId, patientId, claimedBy, runId, awakeAt, overdueAt }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Task[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from tasks
    where organization_id = ${organizationId} and ${visible(db, viewer)}
      ${runId === undefined ? db`` : db`and run_id = ${runId}`}
      ${
    awakeAt === undefined ? db`` : db`and (snoozed_until is null or snoozed_until <= ${awakeAt})`
  }
      ${
    overdueAt === undefined ? db`` : db`and due_at < ${overdueAt} and state in ('open', 'claimed')`
  }
      ${state === undefined ? db`` : db`and state = ${state}`}
      ${subjectId === undefined ? db`` : db`and subject_id = ${subjectId}`}
      ${patientId === undefined ? db`` : db`and patient_id = ${patientId}`}
      ${claimedBy === undefined ? db`` : db`and claimed_by = ${claimedBy}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toTask);
}

/** To be called on a task that `lock` has returned. */
export async function update(
  db: Db,
  organizationId: string,
  id: string,
  { state, claimedBy, completedBy, completedAt, outcome, comment }: Progress,
): Promise<Task> {
  const [row] = await db<[Row]>`
    update tasks
    set state = ${state}, claimed_by = ${claimedBy}, completed_by = ${completedBy},
        completed_at = ${completedAt}, outcome = ${outcome}, comment = ${comment},
        version = version + 1
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toTask(row);
}

/** Gives back everything that `userId` has claimed. Returns the ids. */
export async function releaseAll(
  db: Db,
  organizationId: string,
  userId: string,
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    update tasks set state = 'open', claimed_by = null, version = version + 1
    where organization_id = ${organizationId} and claimed_by = ${userId} and state = 'claimed'
    returning id`;
  return rows.map(({ id }) => id);
}

/** Claims those of `ids` that nobody has, for `userId`. Returns which. */
export async function claimAll(
  db: Db,
  organizationId: string,
  userId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    update tasks set state = 'claimed', claimed_by = ${userId}, version = version + 1
    where organization_id = ${organizationId} and id = any (${ids as string[]}::uuid[])
      and state = 'open'
    returning id`;
  return rows.map(({ id }) => id);
}

/** Of a run's step: a task that the step waits for. */
export async function insertForStep(
  db: Db,
  { organizationId, runId, stepId, ...task }: NewTask & {
    id: string;
    organizationId: string;
    runId: string;
    stepId: string;
    pools: string[];
    priority: string;
    form: unknown;
    outcomes: string[];
    isFourEyes: boolean;
  },
): Promise<Task | undefined> {
  const [row] = await db<Row[]>`
    insert into tasks (id, organization_id, event_id, title, subject_type, subject_id, patient_id,
                       candidate_permission, created_at, due_at, run_id, step_id, pools, priority,
                       form, outcomes, is_four_eyes)
    values (${task.id}, ${organizationId}, ${stepId}, ${task.title}, ${task.subject.type},
            ${task.subject.id}, ${task.patientId}, ${task.candidatePermission}, ${task.createdAt},
            ${task.dueAt}, ${runId}, ${stepId}, ${task.pools}, ${task.priority},
            ${task.form === null ? null : db.json(task.form as never)}, ${task.outcomes},
            ${task.isFourEyes})
    on conflict (organization_id, event_id) do nothing
    returning ${columns(db)}`;
  return row && toTask(row);
}

/** Nobody needs it any more. Returns its id, unless it had ended. */
export async function cancelForStep(
  db: Db,
  organizationId: string,
  stepId: string,
  reason: string,
): Promise<string | undefined> {
  const [row] = await db<{ id: string }[]>`
    update tasks set state = 'cancelled', comment = ${reason}, version = version + 1
    where organization_id = ${organizationId} and step_id = ${stepId}
      and state in ('open', 'claimed')
    returning id`;
  return row?.id;
}

/** Adds pools and weight to a task that waits too long. */
export async function escalateForStep(
  db: Db,
  organizationId: string,
  { stepId, level, to, severity }: {
    stepId: string;
    level: number;
    to: string[];
    severity: string | null;
  },
): Promise<Task | undefined> {
  const [row] = await db<Row[]>`
    update tasks
    set escalation_level = ${level}, snoozed_until = null, version = version + 1,
        pools = case when pools = '{}' then pools else array(
          select distinct name from unnest(pools || ${to}::text[]) as name order by name) end,
        priority = coalesce(${severity}, priority)
    where organization_id = ${organizationId} and step_id = ${stepId}
      and state in ('open', 'claimed')
    returning ${columns(db)}`;
  return row && toTask(row);
}

/** The step that waits for the task, if any does. */
export async function findStep(
  db: Db,
  organizationId: string,
  id: string,
): Promise<string | undefined> {
  const [row] = await db<{ stepId: string | null }[]>`
    select step_id from tasks where organization_id = ${organizationId} and id = ${id}`;
  return row?.stepId ?? undefined;
}

/** To be called on a task that `lock` has returned. */
export async function change(
  db: Db,
  organizationId: string,
  id: string,
  changes: {
    state?: TaskState;
    claimedBy?: string | null;
    data?: unknown;
    proposedBy?: string;
    outcome?: string | null;
    snoozedUntil?: string | null;
  },
): Promise<Task> {
  const { state, claimedBy, data, proposedBy, outcome, snoozedUntil } = changes;
  const [row] = await db<Row[]>`
    update tasks
    set state = ${state === undefined ? db`state` : state},
        claimed_by = ${claimedBy === undefined ? db`claimed_by` : claimedBy},
        data = ${data === undefined ? db`data` : db.json(data as never)},
        proposed_by = ${proposedBy === undefined ? db`proposed_by` : proposedBy},
        outcome = ${outcome === undefined ? db`outcome` : outcome},
        snoozed_until = ${snoozedUntil === undefined ? db`snoozed_until` : snoozedUntil},
        version = version + 1
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toTask(row!);
}

export async function insertComment(
  db: Db,
  { id, organizationId, taskId, authorId, text, at }: {
    id: string;
    organizationId: string;
    taskId: string;
    authorId: string;
    text: string;
    at: Date;
  },
): Promise<void> {
  await db`
    insert into task_comments (id, organization_id, task_id, author_id, text, at)
    values (${id}, ${organizationId}, ${taskId}, ${authorId}, ${text}, ${at})`;
}

export async function listComments(
  db: Db,
  organizationId: string,
  taskId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Comment[]> {
  const rows = await db<(Omit<Comment, "at"> & { at: Date })[]>`
    select id, author_id, text, at from task_comments
    where organization_id = ${organizationId} and task_id = ${taskId}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

export async function putPool(
  db: Db,
  organizationId: string,
  { name, members }: Pool,
): Promise<void> {
  await db`
    insert into task_pools (organization_id, name, members)
    values (${organizationId}, ${name}, ${members})
    on conflict (organization_id, name) do update set members = excluded.members`;
}

export async function listPools(db: Db, organizationId: string): Promise<Pool[]> {
  return await db<Pool[]>`
    select name, members from task_pools where organization_id = ${organizationId}
    order by name limit 500`;
}

/** What members must hold to see any of the open tasks about a patient. */
export async function listPermissionsOf(
  db: Db,
  organizationId: string,
  patientId: string,
): Promise<string[]> {
  const rows = await db<{ candidatePermission: string }[]>`
    select distinct candidate_permission from tasks
    where organization_id = ${organizationId} and patient_id = ${patientId}
      and state in ('open', 'claimed')
    order by candidate_permission limit 20`;
  return rows.map(({ candidatePermission }) => candidatePermission);
}

/** What is not done yet for a patient and is there for `viewer`, the most pressing first. */
export async function listOpenOf(
  db: Db,
  organizationId: string,
  viewer: Viewer,
  { patientId, limit }: { patientId: string; limit: number },
): Promise<Task[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from tasks
    where organization_id = ${organizationId} and patient_id = ${patientId}
      and state in ('open', 'claimed') and ${visible(db, viewer)}
    order by due_at, id limit ${limit}`;
  return rows.map(toTask);
}

export async function listMembersOf(
  db: Db,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await db<{ userId: string }[]>`
    select distinct unnest(members) as user_id from task_pools
    where organization_id = ${organizationId} and name = any (${names as string[]}::text[])
    order by user_id`;
  return rows.map(({ userId }) => userId);
}
