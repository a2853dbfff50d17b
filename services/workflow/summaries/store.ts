/** Reads what a chart says of pathways. */
import type { Db } from "@praxis/shared/postgres";
import type { PatientSummary } from "./model.ts";

type Patient = { organizationId: string; patientId: string };

/** Those that a patient is on, or was: those under way first, then the newest. */
export async function listPathways(
  db: Db,
  { organizationId, patientId }: Patient,
  limit: number,
): Promise<PatientSummary["pathways"]> {
  return await db<PatientSummary["pathways"]>`
    select e.id, d.title, e.status as state
    from enrolments e join definitions d on d.id = e.definition_id
    where e.organization_id = ${organizationId} and e.patient_id = ${patientId}
      and e.status <> 'entered_in_error'
    order by e.ended_at is not null, e.id desc limit ${limit}`;
}
