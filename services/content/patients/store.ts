/** Where is kept who a patient is known to be. */
import type { Db } from "@praxis/shared/postgres";
import type { SeenPatient } from "../ingestion/model.ts";

export type Key = { organizationId: string; patientId: string };

/** Different ones: a thousand results that say the same are one. */
const IDENTITIES_MAX = 50;

/** Until the transaction ends nobody else learns of this patient: two first documents may differ. */
export async function lock(db: Db, { organizationId, patientId }: Key): Promise<void> {
  await db`select pg_advisory_xact_lock(hashtextextended(${organizationId + patientId}, 0))`;
}

/**
 * These documents, then their patients, always in this order: two transactions may share several,
 * and a merge of patients locks documents first, too.
 */
export async function lockOf(
  db: Db,
  organizationId: string,
  documentIds: readonly string[],
): Promise<void> {
  await db`
    with document as materialized (
      select patient_id from documents
      where id = any(${documentIds as string[]}::uuid[]) and organization_id = ${organizationId}
      order by id for no key update
    )
    select pg_advisory_xact_lock(hashtextextended(${organizationId}::text || p.patient_id, 0))
    from (select distinct patient_id from document where patient_id is not null
          order by patient_id) p`;
}

export async function list(db: Db, { organizationId, patientId }: Key): Promise<SeenPatient[]> {
  const rows = await db<{ identity: SeenPatient }[]>`
    select identity from patient_identities
    where organization_id = ${organizationId} and patient_id = ${patientId}
    group by identity order by max(created_at) desc limit ${IDENTITIES_MAX}`;
  return rows.map(({ identity }) => identity);
}

export async function put(
  db: Db,
  { organizationId, patientId }: Key,
  { documentId, identity, at }: { documentId: string; identity: SeenPatient; at: Date },
): Promise<void> {
  await db`
    insert into patient_identities
      (organization_id, patient_id, source_type, source_id, identity, created_at)
    values (${organizationId}, ${patientId}, 'document', ${documentId},
            ${db.json(identity as never)}, ${at})
    on conflict (organization_id, patient_id, source_type, source_id)
      do update set identity = excluded.identity`;
}

/** False when a person has released the document. */
export async function quarantine(
  db: Db,
  { organizationId, documentId }: { organizationId: string; documentId: string },
  reasons: string[],
): Promise<boolean> {
  const { count } = await db`
    update documents set quarantine_reasons = ${reasons}
    where id = ${documentId} and organization_id = ${organizationId} and released_at is null`;
  return count === 1;
}
