/** Where runs and their steps are kept. Leases are the database's time, dues the platform's. */
import type { Db } from "@praxis/shared/postgres";
import type { Json } from "../language/language.ts";
import type { HistoryLine, Run, RunState, RunStatus, Signal, Step } from "./state.ts";
import { isOver } from "./state.ts";

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

const stepColumns = (db: Db) =>
  db`id, parent_id, node, visit, kind, state, is_undo, due_at, input, data, output, error,
     attempts, crashes, is_begun, event_types, event_subject`;

export type KeptStep = Step & { fence: string };

/** Those that are not over. */
export async function listLive(
  db: Db,
  organizationId: string,
  runId: string,
): Promise<KeptStep[]> {
  return await db<KeptStep[]>`
    select ${stepColumns(db)}, fence from run_steps
    where organization_id = ${organizationId} and run_id = ${runId}
      and state in ('ready', 'waiting', 'failed', 'quarantined')
    order by id`;
}

export type SeenStep =
  & Pick<Step, "id" | "parentId" | "node" | "visit" | "kind" | "state" | "isUndo" | "attempts">
  & Pick<Step, "crashes" | "error" | "output" | "dueAt">
  & { begunAt: Date; endedAt: Date | null };

export async function listSteps(
  db: Db,
  organizationId: string,
  runId: string,
): Promise<SeenStep[]> {
  return await db<SeenStep[]>`
    select id, parent_id, node, visit, kind, state, is_undo, attempts, crashes, error, output,
           due_at, begun_at, ended_at
    from run_steps
    where organization_id = ${organizationId} and run_id = ${runId} and node <> ''
    order by id limit 2000`;
}

/** A step in the hands of one worker. */
export type Held = {
  id: string;
  runId: string;
  organizationId: string;
  fence: string;
  /** Another worker held it and never gave it back. */
  wasLost: boolean;
};

/** Takes up to `limit` steps that are due or whose worker is silent, the organizations in turn. */
export async function claim(
  db: Db,
  { limit, leaseSeconds, at }: { limit: number; leaseSeconds: number; at: Date },
): Promise<Held[]> {
  return await db<Held[]>`
    with recursive organizations as (
      (select organization_id from run_steps
       where state in ('ready', 'waiting') and due_at is not null and not is_held
       order by organization_id limit 1)
      union all
      select (select s.organization_id from run_steps s
              where s.state in ('ready', 'waiting') and s.due_at is not null and not s.is_held
                and s.organization_id > o.organization_id
              order by s.organization_id limit 1)
      from organizations o where o.organization_id is not null
    ), chosen as (
      select oldest.id from organizations o cross join lateral (
        select s.id, s.due_at, row_number() over (order by s.due_at) as turn from (
          select id, due_at from run_steps s
          where s.organization_id = o.organization_id and s.state in ('ready', 'waiting')
            and not s.is_held and s.due_at <= ${at}
            and (s.leased_until is null or s.leased_until < now())
          order by s.due_at limit ${limit}
        ) s
      ) oldest
      order by oldest.turn, oldest.due_at limit ${limit}
    ), due as (
      select id, leased_until is not null as was_lost from run_steps
      where id = any (array(select id from chosen)) and state in ('ready', 'waiting')
        and not is_held and (leased_until is null or leased_until < now())
      for update skip locked
    )
    update run_steps s
    set leased_until = now() + make_interval(secs => ${leaseSeconds}), fence = s.fence + 1,
        is_begun = true
    from due where s.id = due.id
    returning s.id, s.run_id, s.organization_id, s.fence, due.was_lost`;
}

/** Back on the heap as it is. */
export async function release(db: Db, { id, organizationId, fence }: Held): Promise<void> {
  await db`
    update run_steps set leased_until = null
    where id = ${id} and organization_id = ${organizationId} and fence = ${fence}`;
}

/** Everything that a worker needs to go on with a step, in one round trip after another's. */
export async function load(
  db: Db,
  { organizationId, runId, id }: Pick<Held, "organizationId" | "runId" | "id">,
): Promise<{ run: KeptRun; steps: KeptStep[]; signals: Signal[] } | undefined> {
  const [run, steps, signals] = await Promise.all([
    find(db, organizationId, runId),
    listLive(db, organizationId, runId),
    db<Signal[]>`
      select id, kind, payload from run_signals
      where organization_id = ${organizationId} and step_id = ${id} order by at, id limit 500`,
  ]);
  return run && { run, steps, signals: [...signals] };
}

export type Commit = {
  run: KeptRun;
  /** The step under which it is written; undefined for an operator, who only needs the revision. */
  by: { id: string; fence: string } | undefined;
  steps: readonly Step[];
  history: readonly HistoryLine[];
  signals: readonly { stepId: string; id: string }[];
  /** The step that the worker goes on with. */
  nextId: string | undefined;
  leaseSeconds: number;
  at: Date;
  actorId: string | null;
};

/**
 * Writes what has changed. False, and then the transaction must not be committed: somebody else
 * has changed the run since it was read, or has the step by now.
 */
export async function commit(db: Db, c: Commit): Promise<boolean> {
  const { run, by, at } = c;
  const { id, organizationId } = run;
  const rows = c.steps.map((step) => ({
    ...step,
    isOver: !["ready", "waiting", "failed", "quarantined"].includes(step.state),
    isNext: step.id === c.nextId,
  }));
  const isHeld = run.status !== "running" && run.status !== "compensating";
  const [updated] = await Promise.all([
    db<{ id: string }[]>`
      update runs
      set status = ${run.status}, state = ${db.json(run.state as never)},
          output = ${run.output === null ? null : db.json(run.output as never)},
          reason = ${run.reason}, revision = revision + 1,
          ended_at = ${isOver(run.status) ? at : null},
          definition_id = ${run.definitionId}, version = ${run.version}
      where id = ${id} and organization_id = ${organizationId} and revision = ${run.revision}
        ${
      by === undefined ? db`` : db`and exists (
        select 1 from run_steps where id = ${by.id} and organization_id = ${organizationId}
          and fence = ${by.fence})`
    }
      returning id`,
    db`
      insert into run_steps as s (id, run_id, organization_id, parent_id, node, visit, kind, state,
        is_undo, is_held, is_begun, due_at, leased_until, fence, attempts, crashes, event_types,
        event_subject, input, data, output, error, ended_at)
      select r.id, ${id}, ${organizationId}, r."parentId", r.node, r.visit, r.kind, r.state,
        r."isUndo", ${isHeld}, r."isBegun" or r."isNext", r."dueAt",
        case when r."isNext" then now() + make_interval(secs => ${c.leaseSeconds}) end, 1,
        r.attempts, r.crashes, r."eventTypes", r."eventSubject", r.input, r.data, r.output, r.error,
        case when r."isOver" then ${at}::timestamptz end
      from jsonb_to_recordset(${db.json(rows as never)}) as r (
        id uuid, "parentId" uuid, node text, visit int, kind text, state text, "isUndo" boolean,
        "isBegun" boolean, "dueAt" timestamptz, attempts int, crashes int, "eventTypes" text[],
        "eventSubject" text, input jsonb, data jsonb, output jsonb, error jsonb, "isOver" boolean,
        "isNext" boolean)
      order by r.id
      on conflict (id) do update
      set node = excluded.node, state = excluded.state, is_held = excluded.is_held,
          is_begun = excluded.is_begun, due_at = excluded.due_at,
          leased_until = excluded.leased_until, attempts = excluded.attempts,
          crashes = excluded.crashes, event_types = excluded.event_types,
          event_subject = excluded.event_subject, data = excluded.data, output = excluded.output,
          error = excluded.error, ended_at = excluded.ended_at`,
    c.history.length === 0 ? undefined : db`
      insert into run_history (run_id, organization_id, at, step_id, node, event, detail, late_ms,
                               actor_id)
      select ${id}, ${organizationId}, ${at}, h."stepId", h.node, h.event, h.detail, h."lateMs",
             ${c.actorId}
      from jsonb_to_recordset(${db.json(c.history as never)}) as h (
        "stepId" uuid, node text, event text, detail text, "lateMs" bigint)`,
    c.signals.length === 0 ? undefined : db`
      delete from run_signals
      where organization_id = ${organizationId}
        and (step_id, id) in (
          select "stepId", id from jsonb_to_recordset(${db.json(c.signals as never)})
            as taken ("stepId" uuid, id text))`,
  ]);
  return updated.length === 1;
}

/** Makes every step of the run stand still, or go on. */
export async function hold(
  db: Db,
  { id, organizationId }: Pick<Run, "id" | "organizationId">,
  isHeld: boolean,
): Promise<void> {
  await db`
    update run_steps set is_held = ${isHeld}
    where run_id = ${id} and organization_id = ${organizationId} and is_held <> ${isHeld}
      and state in ('ready', 'waiting')`;
}

export type Delivery = Signal & { organizationId: string; stepId: string; at: Date };

/** Tells a waiting step something, once per id. Whoever works on its run must read it again. */
export async function deliver(
  db: Db,
  { organizationId, stepId, id, kind, payload, at }: Delivery,
): Promise<boolean> {
  const { count } = await db`
    update runs set revision = revision + 1
    where organization_id = ${organizationId}
      and id = (select run_id from run_steps where id = ${stepId}
                and organization_id = ${organizationId} and state = 'waiting')`;
  if (count === 0) return false;
  const told = await db`
    insert into run_signals (step_id, id, organization_id, kind, payload)
    values (${stepId}, ${id}, ${organizationId}, ${kind}, ${db.json(payload as never)})
    on conflict do nothing`;
  await db`
    update run_steps set due_at = least(due_at, ${at}::timestamptz)
    where id = ${stepId} and organization_id = ${organizationId} and state = 'waiting'`;
  return told.count === 1;
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

/** A step that stands for an order from outside: whoever takes it up carries it out. */
export async function insertOrder(
  db: Db,
  { id, runId, organizationId, kind, data, at }: {
    id: string;
    runId: string;
    organizationId: string;
    kind: "cancel";
    data: Json;
    at: Date;
  },
): Promise<void> {
  await db`
    insert into run_steps (id, run_id, organization_id, node, visit, kind, state, due_at, data)
    select ${id}, ${runId}, ${organizationId}, '', coalesce(max(visit), 0) + 1, ${kind}, 'ready',
           ${at}, ${db.json(data as never)}
    from run_steps where run_id = ${runId} and organization_id = ${organizationId} and node = ''`;
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
