/** Where the steps of runs are kept. Leases are the database's time, dues the platform's. */
import type { Db } from "@praxis/shared/postgres";
import type { Json } from "../language/language.ts";
import type { Signal, Step } from "../runs/model.ts";

const stepColumns = (db: Db) =>
  db`id, parent_id, node, visit, kind, state, is_undo, due_at, input, data, output, error,
     attempts, crashes, is_begun, event_types, event_subject`;

export type KeptStep = Step & { fence: string };

/** Those of a run that are not over. */
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

/** Those of several runs that are not over. */
export async function listLiveOf(
  db: Db,
  organizationId: string,
  runIds: readonly string[],
): Promise<(KeptStep & { runId: string })[]> {
  return await db<(KeptStep & { runId: string })[]>`
    select run_id, ${stepColumns(db)}, fence from run_steps
    where organization_id = ${organizationId} and run_id = any (${runIds as string[]}::uuid[])
      and state in ('ready', 'waiting', 'failed', 'quarantined')
    order by id`;
}

const SIGNALS_MAX = 500;

/** What has woken these steps and is not taken in yet, in the order in which it came. */
export async function listSignals(
  db: Db,
  organizationId: string,
  stepIds: readonly string[],
): Promise<(Signal & { stepId: string })[]> {
  return await db<(Signal & { stepId: string })[]>`
    select s.step_id, s.id, s.kind, s.payload
    from unnest(${stepIds as string[]}::uuid[]) as asked (step_id) cross join lateral (
      select step_id, id, kind, payload, at from run_signals
      where organization_id = ${organizationId} and step_id = asked.step_id
      order by at, id limit ${SIGNALS_MAX}
    ) s
    order by s.at, s.id`;
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

/**
 * Takes up to `limit` steps that are due or whose worker is silent, the organizations in turn. A
 * silent worker is counted here: what ends it every time may keep it from writing anything else.
 */
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
        is_begun = true, crashes = s.crashes + due.was_lost::int
    from due where s.id = due.id
    returning s.id, s.run_id, s.organization_id, s.fence, due.was_lost`;
}

/** Makes every step of these runs stand still, or go on. */
export async function hold(
  db: Db,
  organizationId: string,
  runIds: readonly string[],
  isHeld: boolean,
): Promise<void> {
  await db`
    update run_steps set is_held = ${isHeld}
    where run_id = any (${runIds as string[]}::uuid[]) and organization_id = ${organizationId}
      and is_held <> ${isHeld} and state in ('ready', 'waiting')`;
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
