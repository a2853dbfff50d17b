/** Reads what a chart says of tasks and pathways. */
import type { Db } from "@praxis/shared/postgres";
import type { PatientSummary } from "./model.ts";

type Patient = { organizationId: string; patientId: string };

/** What is not done yet, the most pressing first. */
export async function listTasks(
  db: Db,
  { organizationId, patientId }: Patient,
  limit: number,
): Promise<PatientSummary["tasks"]> {
  const rows = await db<{ id: string; title: string; state: string; dueAt: Date }[]>`
    select id, title, state, due_at from tasks
    where organization_id = ${organizationId} and patient_id = ${patientId}
      and state in ('open', 'claimed')
    order by due_at, id limit ${limit}`;
  return rows.map((row) => ({ ...row, dueAt: row.dueAt.toISOString() }));
}

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
