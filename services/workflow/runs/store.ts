/** Where runs are kept, and what has happened in them. */
import type { Db } from "@praxis/shared/postgres";
import type { Json } from "../language/language.ts";
import type { Run, RunState, RunStatus } from "./state.ts";

type RunRow = Omit<Run, "subject" | "startedBy" | "revision"> & {
  subjectType: string | null;
  subjectId: string | null;
  startedByKind: string;
  startedById: string;
  revision: string;
  parentStepId: string | null;
};
export type KeptRun = Run & { parentStepId: string | null };

const runColumns = (db: Db) =>
  db`id, organization_id, definition_id, key, version, status, is_shadow, state, output, reason,
     subject_type, subject_id, patient_id, parent_step_id, started_by_kind, started_by_id,
     request_id, depth, created_at, revision`;

function toRun(row: RunRow): KeptRun {
  const { subjectType, subjectId, startedByKind, startedById, revision, ...rest } = row;
  return {
    ...rest,
    subject: subjectType === null ? null : { type: subjectType, id: subjectId! },
    startedBy: { kind: startedByKind, id: startedById },
    revision: Number(revision),
  };
}

export type NewRun = {
  id: string;
  firstStepId: string;
  organizationId: string;
  definitionId: string;
  key: string;
  version: number;
  isShadow: boolean;
  input: Json;
  consumed: string[];
  subject: { type: string; id: string } | null;
  patientId: string | null;
  parentStepId: string | null;
  startedBy: { kind: string; id: string };
  requestId: string;
  startKey: string;
  depth: number;
  at: Date;
};

/** True when this key has started it now, false when it had before. */
export async function insert(db: Db, run: NewRun): Promise<boolean> {
  const state: RunState = {
    input: run.input,
    context: {},
    outputs: {},
    visits: {},
    undo: [],
    isPastPivot: false,
    consumed: run.consumed,
  };
  const { count } = await db`
    with run as (
      insert into runs (id, organization_id, definition_id, key, version, is_shadow, state,
                        subject_type, subject_id, patient_id, parent_step_id, started_by_kind,
                        started_by_id, request_id, start_key, depth, created_at)
      values (${run.id}, ${run.organizationId}, ${run.definitionId}, ${run.key}, ${run.version},
              ${run.isShadow}, ${db.json(state as never)}, ${run.subject?.type ?? null},
              ${run.subject?.id ?? null}, ${run.patientId}, ${run.parentStepId},
              ${run.startedBy.kind}, ${run.startedBy.id}, ${run.requestId}, ${run.startKey},
              ${run.depth}, ${run.at})
      on conflict (organization_id, key, start_key) do nothing
      returning id, organization_id
    )
    insert into run_steps (id, run_id, organization_id, node, visit, kind, state, due_at)
    select ${run.firstStepId}, id, organization_id, '', 1, 'start', 'ready', ${run.at} from run`;
  return count === 1;
}

export async function findByKey(
  db: Db,
  organizationId: string,
  key: string,
  startKey: string,
): Promise<KeptRun | undefined> {
  const [row] = await db<RunRow[]>`
    select ${runColumns(db)} from runs
    where organization_id = ${organizationId} and key = ${key} and start_key = ${startKey}`;
  return row && toRun(row);
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<KeptRun | undefined> {
  const [row] = await db<RunRow[]>`
    select ${runColumns(db)} from runs where organization_id = ${organizationId} and id = ${id}`;
  return row && toRun(row);
}

/** Those of `ids` that there are. */
export async function listByIds(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<KeptRun[]> {
  const rows = await db<RunRow[]>`
    select ${runColumns(db)} from runs
    where organization_id = ${organizationId} and id = any (${ids as string[]}::uuid[])`;
  return rows.map(toRun);
}

export type Filter = {
  status?: RunStatus;
  key?: string;
  patientId?: string;
  definitionId?: string;
  isShadow?: boolean;
};

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { status, key, patientId, definitionId, isShadow }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<KeptRun[]> {
  const rows = await db<RunRow[]>`
    select ${runColumns(db)} from runs
    where organization_id = ${organizationId}
      ${status === undefined ? db`` : db`and status = ${status}`}
      ${key === undefined ? db`` : db`and key = ${key}`}
      ${patientId === undefined ? db`` : db`and patient_id = ${patientId}`}
      ${definitionId === undefined ? db`` : db`and definition_id = ${definitionId}`}
      ${isShadow === undefined ? db`` : db`and is_shadow = ${isShadow}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toRun);
}

export async function findByParent(
  db: Db,
  organizationId: string,
  parentStepId: string,
): Promise<KeptRun[]> {
  const rows = await db<RunRow[]>`
    select ${runColumns(db)} from runs
    where organization_id = ${organizationId} and parent_step_id = ${parentStepId}`;
  return rows.map(toRun);
}

/** Runs since `since` that others have set going, all of one request; counted up to `limit`. */
export async function countFollowing(
  db: Db,
  organizationId: string,
  { requestId, since, limit }: { requestId: string; since: Date; limit: number },
): Promise<number> {
  const [row] = await db<[{ count: number }]>`
    select count(*)::int as count from (
      select 1 from runs
      where organization_id = ${organizationId} and request_id = ${requestId} and depth > 1
        and created_at > ${since} limit ${limit}
    ) following`;
  return row.count;
}

export type HistoryRow = {
  seq: number;
  at: Date;
  node: string | null;
  event: string;
  detail: string | null;
  lateMs: number | null;
  actorId: string | null;
};

export async function listHistory(
  db: Db,
  organizationId: string,
  runId: string,
  after: number,
  limit: number,
): Promise<HistoryRow[]> {
  return await db<HistoryRow[]>`
    select seq::int, at, node, event, detail, late_ms::int, actor_id from run_history
    where organization_id = ${organizationId} and run_id = ${runId} and seq > ${after}
    order by seq limit ${limit}`;
}
