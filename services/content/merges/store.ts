/** Where merges are remembered, and how documents, with their place in search, change hands. */
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
      update documents set patient_id = ${intoPatientId}
      where organization_id = ${organizationId} and patient_id = ${patientId}
      returning id
    )
    insert into patient_merge_rows (organization_id, merge_id, table_name, row_id)
    select ${organizationId}::uuid, ${mergeId}::uuid, 'documents', id from moved
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
    update documents t set patient_id = ${patientId}
    from patient_merge_rows r
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'documents' and t.id = r.row_id
      and t.organization_id = ${organizationId} and t.patient_id = ${intoPatientId}`;
  return count;
}

/** After the documents of a merge have moved: they are found in the chart that they stand in. */
export async function placeMoved(
  db: Db,
  organizationId: string,
  { mergeId }: PatientMerge,
): Promise<void> {
  await db`
    update document_search s
    set patient_id = case when d.quarantine_reasons is null then d.patient_id end
    from patient_merge_rows r
    join documents d on d.organization_id = r.organization_id and d.id = r.row_id
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'documents'
      and s.organization_id = r.organization_id and s.document_id = r.row_id`;
}

/** After the documents of a merge have moved: what was learned from them is known of their patient. */
export async function moveIdentities(
  db: Db,
  organizationId: string,
  { mergeId }: PatientMerge,
): Promise<void> {
  await db`
    update patient_identities i set patient_id = d.patient_id
    from patient_merge_rows r
    join documents d on d.organization_id = r.organization_id and d.id = r.row_id
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'documents'
      and i.organization_id = r.organization_id and i.source_type = 'document'
      and i.source_id = r.row_id and i.patient_id <> d.patient_id
      and not exists (
        select 1 from patient_identities known
        where known.organization_id = i.organization_id and known.patient_id = d.patient_id
          and known.source_type = i.source_type and known.source_id = i.source_id)`;
}
