/** What follows documents that change hands: their place in search, what was learned from them. */
import type { Merge } from "@praxis/shared/merges";
import type { Db } from "@praxis/shared/postgres";

/**
 * After the documents of a merge have moved: they are found in the chart that they stand in. One
 * that is still to be looked into stands in none.
 */
export async function placeMoved(
  db: Db,
  { organizationId, mergeId }: Merge,
): Promise<void> {
  await db`
    update document_search s
    set patient_id = case when d.quarantine_reasons is null and not d.awaits_check
                       then d.patient_id end
    from patient_merge_rows r
    join documents d on d.organization_id = r.organization_id and d.id = r.row_id
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = 'documents'
      and s.organization_id = r.organization_id and s.document_id = r.row_id`;
}

/** After the documents of a merge have moved: what was learned from them is known of their patient. */
export async function moveIdentities(
  db: Db,
  { organizationId, mergeId }: Merge,
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
