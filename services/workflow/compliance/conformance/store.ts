/** What is known of the steps of runs, for holding them beside their definitions. */
import type { Db } from "@praxis/shared/postgres";
import type { SeenStep, Told, VarianceSaid } from "./model.ts";

export type RunRow = { id: string; key: string; version: number; definitionId: string };

export async function listRuns(
  db: Db,
  organizationId: string,
  { runId, key, version, from, to, limit }: {
    runId?: string;
    key?: string;
    version?: number | undefined;
    from?: Date | undefined;
    to?: Date | undefined;
    limit: number;
  },
): Promise<RunRow[]> {
  return await db<RunRow[]>`
    select id, key, version, definition_id from runs
    where organization_id = ${organizationId} and not is_shadow
      ${runId === undefined ? db`` : db`and id = ${runId}`}
      ${key === undefined ? db`` : db`and key = ${key}`}
      ${version === undefined ? db`` : db`and version = ${version}`}
      ${from === undefined ? db`` : db`and created_at >= ${from}`}
      ${to === undefined ? db`` : db`and created_at < ${to}`}
    order by id desc limit ${limit}`;
}

export async function listSteps(
  db: Db,
  organizationId: string,
  runIds: readonly string[],
): Promise<SeenStep[]> {
  return await db<SeenStep[]>`
    select s.id, s.run_id, s.node, s.visit, s.kind, s.state, s.ended_at, t.due_at,
           h.actor_id is not null as is_by_operator, f.late_ms::float8 as late_ms
    from run_steps s
    left join tasks t on t.organization_id = s.organization_id and t.step_id = s.id
    left join lateral (
      select h.actor_id from run_history h
      where h.run_id = s.run_id and h.step_id = s.id and h.event = 'done'
        and h.actor_id is not null limit 1
    ) h on true
    left join lateral (
      select max(h.late_ms) as late_ms from run_history h
      where h.run_id = s.run_id and h.step_id = s.id and h.event = 'fired'
    ) f on true
    where s.organization_id = ${organizationId} and s.run_id = any (${runIds as string[]})
      and not s.is_undo and s.node <> ''
    order by s.id`;
}

export async function listTold(
  db: Db,
  organizationId: string,
  runIds: readonly string[],
): Promise<Told[]> {
  return await db<Told[]>`
    select id, run_id, activity, at, corrects_id, is_retraction from care_events
    where organization_id = ${organizationId} and run_id = any (${runIds as string[]})
    order by id`;
}

export async function listVariances(
  db: Db,
  organizationId: string,
  runIds: readonly string[],
): Promise<VarianceSaid[]> {
  return await db<VarianceSaid[]>`
    select e.run_id, v.step, v.type, v.cause, v.note
    from enrolments e join enrolment_variances v on v.enrolment_id = e.id
    where e.organization_id = ${organizationId} and e.run_id = any (${runIds as string[]})
    order by v.id`;
}
