/** Where merges are remembered, and how what workflow keeps changes hands. */
import type { Db } from "@praxis/shared/postgres";
import type { PatientMerge } from "./model.ts";

/**
 * Until the transaction ends no other merge of the organization moves anything. Rows come first:
 * who works a run holds it before opening a task, and each would wait for the other.
 */
export async function lock(
  db: Db,
  organizationId: string,
  { patientId, intoPatientId }: PatientMerge,
): Promise<void> {
  const patients = [patientId, intoPatientId];
  await db`
    select id from runs
    where organization_id = ${organizationId} and patient_id = any(${patients}::uuid[])
    order by id for no key update`;
  await db`
    select id from tasks
    where organization_id = ${organizationId} and patient_id = any(${patients}::uuid[])
    order by id for no key update`;
  await db`select lock_patient_merges(${organizationId}, false)`;
}

/** False when the merge is known already. */
export async function insert(
  db: Db,
  organizationId: string,
  { mergeId, patientId, intoPatientId }: PatientMerge,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    insert into patient_merges (organization_id, merge_id, patient_id, into_patient_id, merged_at)
    values (${organizationId}, ${mergeId}, ${patientId}, ${intoPatientId}, ${at})
    on conflict do nothing`;
  return count === 1;
}

/** Remembers an unknown merge as undone, too: it may be told late. False: undone before. */
export async function markUndone(
  db: Db,
  organizationId: string,
  { mergeId, patientId, intoPatientId }: PatientMerge,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    insert into patient_merges as m
      (organization_id, merge_id, patient_id, into_patient_id, merged_at, undone_at)
    values (${organizationId}, ${mergeId}, ${patientId}, ${intoPatientId}, ${at}, ${at})
    on conflict (organization_id, merge_id) do update set undone_at = excluded.undone_at
      where m.undone_at is null`;
  return count === 1;
}

/**
 * Moves tasks, runs and enrolments. Returns how many rows moved. Nobody is on a pathway twice: an
 * enrolment stays where it is while whoever took over has one of their own.
 */
export async function moveAll(
  db: Db,
  organizationId: string,
  { mergeId, patientId, intoPatientId }: PatientMerge,
): Promise<number> {
  const { count } = await db`
    with moved_tasks as (
      update tasks set patient_id = ${intoPatientId}, version = version + 1
      where organization_id = ${organizationId} and patient_id = ${patientId}
      returning id
    ), moved_runs as (
      update runs set patient_id = ${intoPatientId}
      where organization_id = ${organizationId} and patient_id = ${patientId}
      returning id
    ), moved_enrolments as (
      update enrolments e set patient_id = ${intoPatientId}
      where e.organization_id = ${organizationId} and e.patient_id = ${patientId}
        and (e.status not in ('active', 'on_hold') or not exists (
          select 1 from enrolments own
          where own.organization_id = e.organization_id and own.patient_id = ${intoPatientId}
            and own.key = e.key and own.status in ('active', 'on_hold')))
      returning e.id
    )
    insert into patient_merge_rows (organization_id, merge_id, table_name, row_id)
    select ${organizationId}::uuid, ${mergeId}::uuid, moved.table_name, moved.id
    from (select 'tasks' as table_name, id from moved_tasks
          union all select 'runs', id from moved_runs
          union all select 'enrolments', id from moved_enrolments) as moved
    on conflict do nothing`;
  return count;
}

/** Gives back what the merge moved, as far as it is still with who took over. */
export async function moveBack(
  db: Db,
  organizationId: string,
  { mergeId, patientId, intoPatientId }: PatientMerge,
): Promise<number> {
  const tasks = await db`
    update tasks t set patient_id = ${patientId}, version = t.version + 1
    from patient_merge_rows r
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'tasks' and t.id = r.row_id
      and t.organization_id = ${organizationId} and t.patient_id = ${intoPatientId}`;
  const runs = await db`
    update runs t set patient_id = ${patientId}
    from patient_merge_rows r
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'runs' and t.id = r.row_id
      and t.organization_id = ${organizationId} and t.patient_id = ${intoPatientId}`;
  const enrolments = await db`
    update enrolments t set patient_id = ${patientId}
    from patient_merge_rows r
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'enrolments' and t.id = r.row_id
      and t.organization_id = ${organizationId} and t.patient_id = ${intoPatientId}`;
  return tasks.count + runs.count + enrolments.count;
}
