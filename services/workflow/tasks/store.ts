/** Where tasks are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { NewTask, Progress, Task, TaskState } from "./model.ts";

type Row = Omit<Task, "subject" | "createdAt" | "dueAt" | "completedAt"> & {
  subjectType: string;
  subjectId: string;
  createdAt: Date;
  dueAt: Date;
  completedAt: Date | null;
};

function toTask({ subjectType, subjectId, createdAt, dueAt, completedAt, ...row }: Row): Task {
  return {
    ...row,
    subject: { type: subjectType, id: subjectId },
    createdAt: createdAt.toISOString(),
    dueAt: dueAt.toISOString(),
    completedAt: completedAt?.toISOString() ?? null,
  };
}

const columns = (db: Db) =>
  db`id, title, state, subject_type, subject_id, patient_id, candidate_permission, created_at,
     due_at, claimed_by, completed_by, completed_at, outcome, comment, version`;

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
  id: string,
): Promise<Task | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from tasks where organization_id = ${organizationId} and id = ${id}`;
  return row && toTask(row);
}

/** Whoever else wants to change the task waits until the transaction ends. */
export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Task | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from tasks where organization_id = ${organizationId} and id = ${id}
    for update`;
  return row && toTask(row);
}

export type Filter = {
  state?: TaskState;
  subjectId?: string;
  patientId?: string;
  claimedBy?: string;
};

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { state, subjectId, patientId, claimedBy }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Task[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from tasks
    where organization_id = ${organizationId}
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
