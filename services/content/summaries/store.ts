/** Reads what a chart says of documents. */
import type { Db } from "@praxis/shared/postgres";
import type { PatientSummary } from "./model.ts";

type Patient = { organizationId: string; patientId: string };

/** The newest; one that is not checked yet or in quarantine stands in no chart. */
export async function listDocuments(
  db: Db,
  { organizationId, patientId }: Patient,
  limit: number,
): Promise<PatientSummary["documents"]> {
  const rows = await db<{ id: string; title: string; kind: string; createdAt: Date }[]>`
    select d.id, d.title, v.kind, d.created_at
    from documents d join document_versions v on v.document_id = d.id and v.version = d.version
    where d.organization_id = ${organizationId} and d.patient_id = ${patientId}
      and d.quarantine_reasons is null and not d.awaits_check
    order by d.created_at desc, d.id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}
