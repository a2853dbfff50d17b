/** Where merges are remembered, and how notifications change hands. */
import type { Db } from "@praxis/shared/postgres";
import type { PatientMerge } from "./model.ts";

/** Until the transaction ends no other merge of the organization moves anything. */
export async function lock(db: Db, organizationId: string): Promise<void> {
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

/** Returns how many rows moved. */
export async function moveAll(
  db: Db,
  organizationId: string,
  { mergeId, patientId, intoPatientId }: PatientMerge,
): Promise<number> {
  const { count } = await db`
    with moved as (
      update notifications set patient_id = ${intoPatientId}
      where organization_id = ${organizationId} and patient_id = ${patientId}
      returning id
    )
    insert into patient_merge_rows (organization_id, merge_id, table_name, row_id)
    select ${organizationId}::uuid, ${mergeId}::uuid, 'notifications', id from moved
    on conflict do nothing`;
  return count;
}

/** Gives back what the merge moved, as far as it is still with who took over. */
export async function moveBack(
  db: Db,
  organizationId: string,
  { mergeId, patientId, intoPatientId }: PatientMerge,
): Promise<number> {
  const { count } = await db`
    update notifications t set patient_id = ${patientId}
    from patient_merge_rows r
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'notifications' and t.id = r.row_id
      and t.organization_id = ${organizationId} and t.patient_id = ${intoPatientId}`;
  return count;
}
