/** Where sagas are kept. Times are the database's: several processes work on the same rows. */
import type { Db } from "@praxis/shared/postgres";
import type { HistoryEntry, Saga, SagaState, StepRow, StepState } from "./model.ts";

type Row = Omit<Saga, "startedBy" | "createdAt" | "deadlineAt" | "endedAt"> & {
  startedByKind: string;
  startedById: string;
  createdAt: Date;
  deadlineAt: Date;
  endedAt: Date | null;
};

function toSaga(row: Row): Saga {
  const { startedByKind, startedById, createdAt, deadlineAt, endedAt, ...rest } = row;
  return {
    ...rest,
    startedBy: { kind: startedByKind, id: startedById },
    createdAt: createdAt.toISOString(),
    deadlineAt: deadlineAt.toISOString(),
    endedAt: endedAt?.toISOString() ?? null,
  };
}

const columns = (db: Db) =>
  db`id, name, state, reason, started_by_kind, started_by_id, request_id, created_at, deadline_at,
     ended_at`;

export type NewSagaRow = {
  id: string;
  organizationId: string;
  name: string;
  definitionVersion: number;
  input: Record<string, unknown>;
  startedBy: { kind: string; id: string };
  requestId: string;
  key: string;
  deadlineSeconds: number;
  steps: readonly string[];
};

/** The new saga, or undefined when this key has started one before. */
export async function insert(db: Db, saga: NewSagaRow): Promise<Saga | undefined> {
  const [row] = await db<Row[]>`
    insert into sagas (id, organization_id, name, definition_version, input, started_by_kind,
                       started_by_id, request_id, idempotency_key, deadline_at)
    values (${saga.id}, ${saga.organizationId}, ${saga.name}, ${saga.definitionVersion},
            ${db.json(saga.input as never)}, ${saga.startedBy.kind}, ${saga.startedBy.id},
            ${saga.requestId}, ${saga.key}, now() + make_interval(secs => ${saga.deadlineSeconds}))
    on conflict (organization_id, name, idempotency_key) do nothing
    returning ${columns(db)}`;
  if (!row) return undefined;
  await db`
    insert into saga_steps (saga_id, position, organization_id, name)
    select ${saga.id}, position - 1, ${saga.organizationId}, name
    from unnest(${saga.steps as string[]}::text[]) with ordinality as step (name, position)`;
  return toSaga(row);
}

export async function findByKey(
  db: Db,
  organizationId: string,
  name: string,
  key: string,
): Promise<{ saga: Saga; input: Record<string, unknown> } | undefined> {
  const [row] = await db<(Row & { input: Record<string, unknown> })[]>`
    select ${columns(db)}, input from sagas
    where organization_id = ${organizationId} and name = ${name} and idempotency_key = ${key}`;
  if (!row) return undefined;
  const { input, ...rest } = row;
  return { saga: toSaga(rest), input };
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<{ saga: Saga; definitionVersion: number } | undefined> {
  const [row] = await db<(Row & { definitionVersion: number })[]>`
    select ${columns(db)}, definition_version from sagas
    where organization_id = ${organizationId} and id = ${id}`;
  if (!row) return undefined;
  const { definitionVersion, ...rest } = row;
  return { saga: toSaga(rest), definitionVersion };
}

export type Filter = { state?: SagaState; name?: string };

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { state, name }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Saga[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from sagas
    where organization_id = ${organizationId}
      ${state === undefined ? db`` : db`and state = ${state}`}
      ${name === undefined ? db`` : db`and name = ${name}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toSaga);
}

export async function listSteps(
  db: Db,
  organizationId: string,
  sagaId: string,
): Promise<StepRow[]> {
  return await db<StepRow[]>`
    select position, name, state, attempts, crashes, result from saga_steps
    where organization_id = ${organizationId} and saga_id = ${sagaId} order by position`;
}

export async function listHistory(
  db: Db,
  organizationId: string,
  sagaId: string,
  after = 0,
): Promise<HistoryEntry[]> {
  const rows = await db<(Omit<HistoryEntry, "at"> & { at: Date })[]>`
    select seq::int, at, step, event, detail, actor_id from saga_history
    where organization_id = ${organizationId} and saga_id = ${sagaId} and seq > ${after}
    order by seq limit 1000`;
  return rows.map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() }));
}

export async function addHistory(
  db: Db,
  organizationId: string,
  sagaId: string,
  { step = null, event, detail = null, actorId = null }: {
    step?: string | null;
    event: string;
    detail?: string | null;
    actorId?: string | null;
  },
): Promise<void> {
  await db`
    insert into saga_history (saga_id, organization_id, step, event, detail, actor_id)
    values (${sagaId}, ${organizationId}, ${step}, ${event}, ${detail}, ${actorId})`;
}

/** A saga in the hands of one worker. */
export type Held = {
  id: string;
  organizationId: string;
  name: string;
  definitionVersion: number;
  state: "running" | "compensating";
  input: Record<string, unknown>;
  startedById: string;
  requestId: string;
  fence: string;
  /** Another worker held it and never gave it back. */
  wasLost: boolean;
};

/**
 * Takes up to `limit` sagas that are due or whose worker is silent, the organizations in turn.
 */
export async function claim(db: Db, limit: number, leaseSeconds: number): Promise<Held[]> {
  return await db<Held[]>`
    with recursive organizations as (
      (select organization_id from sagas where state in ('running', 'compensating')
       order by organization_id limit 1)
      union all
      select (select s.organization_id from sagas s
              where s.state in ('running', 'compensating')
                and s.organization_id > o.organization_id
              order by s.organization_id limit 1)
      from organizations o where o.organization_id is not null
    ), chosen as (
      select oldest.id from organizations o cross join lateral (
        select s.id, s.due_at, row_number() over (order by s.due_at) as turn from (
          select id, due_at from sagas s
          where s.organization_id = o.organization_id and s.state in ('running', 'compensating')
            and s.due_at <= now() and (s.leased_until is null or s.leased_until < now())
          order by s.due_at limit ${limit}
        ) s
      ) oldest
      order by oldest.turn, oldest.due_at limit ${limit}
    ), due as (
      select id, leased_until is not null as was_lost from sagas
      where id = any (array(select id from chosen)) and state in ('running', 'compensating')
        and (leased_until is null or leased_until < now())
      for update skip locked
    )
    update sagas s
    set leased_until = now() + make_interval(secs => ${leaseSeconds}), fence = s.fence + 1
    from due where s.id = due.id
    returning s.id, s.organization_id, s.name, s.definition_version, s.state, s.input,
              s.started_by_id, s.request_id, s.fence, due.was_lost`;
}

type Mine = Pick<Held, "id" | "organizationId" | "fence">;

/** Keeps the saga in hand; undefined when somebody else has it by now. */
export async function keep(
  db: Db,
  { id, organizationId, fence }: Mine,
  leaseSeconds: number,
): Promise<{ isLate: boolean } | undefined> {
  const [row] = await db<{ isLate: boolean }[]>`
    update sagas set leased_until = now() + make_interval(secs => ${leaseSeconds})
    where id = ${id} and organization_id = ${organizationId} and fence = ${fence}
    returning now() >= deadline_at as is_late`;
  return row;
}

export async function updateStep(
  db: Db,
  { id, organizationId }: Pick<Held, "id" | "organizationId">,
  position: number,
  { state, attempts, crashes, result }: Pick<StepRow, "state" | "attempts" | "crashes" | "result">,
): Promise<void> {
  await db`
    update saga_steps
    set state = ${state}, attempts = ${attempts}, crashes = ${crashes},
        result = ${result === null ? null : db.json(result as never)}
    where organization_id = ${organizationId} and saga_id = ${id} and position = ${position}`;
}

/** Back on the heap, to be taken up again after `seconds`. */
export async function release(
  db: Db,
  { id, organizationId, fence }: Mine,
  seconds: number,
): Promise<void> {
  await db`
    update sagas set leased_until = null, due_at = now() + make_interval(secs => ${seconds})
    where id = ${id} and organization_id = ${organizationId} and fence = ${fence}`;
}

export type Turned = {
  state: SagaState;
  reason?: string | null;
  /** Counted from now. */
  deadlineSeconds?: number;
  isEnd?: boolean;
};

/** Changes the saga itself, and takes it out of the hands of anyone else. */
export async function turn(
  db: Db,
  { id, organizationId }: Pick<Held, "id" | "organizationId">,
  { state, reason, deadlineSeconds, isEnd = false }: Turned,
): Promise<void> {
  await db`
    update sagas
    set state = ${state}, due_at = now(),
        reason = ${reason === undefined ? db`reason` : reason},
        deadline_at = ${
    deadlineSeconds === undefined
      ? db`deadline_at`
      : db`now() + make_interval(secs => ${deadlineSeconds})`
  },
        ended_at = ${isEnd ? db`now()` : null},
        leased_until = ${isEnd || state === "stuck" ? null : db`leased_until`}
    where id = ${id} and organization_id = ${organizationId}`;
}

/** For an operator: whoever works on the saga writes nothing more. */
export async function seize(db: Db, organizationId: string, id: string): Promise<boolean> {
  const { count } = await db`
    update sagas set fence = fence + 1, leased_until = null, due_at = now()
    where id = ${id} and organization_id = ${organizationId}`;
  return count === 1;
}

/** Restates a step for another try, from the beginning. */
export async function restartStep(
  db: Db,
  { id, organizationId }: Pick<Held, "id" | "organizationId">,
  position: number,
  state: StepState,
): Promise<void> {
  await db`
    update saga_steps set state = ${state}, attempts = 0, crashes = 0
    where organization_id = ${organizationId} and saga_id = ${id} and position = ${position}`;
}
