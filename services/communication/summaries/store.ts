/** Reads what a chart says of messages. */
import type { Db } from "@praxis/shared/postgres";
import type { PatientSummary } from "./model.ts";

type Reader = { organizationId: string; patientId: string; userId: string };

/** The newest that this user was sent: what others were sent is theirs. */
export async function listMessages(
  db: Db,
  { organizationId, patientId, userId }: Reader,
  limit: number,
): Promise<PatientSummary["messages"]> {
  const rows = await db<{ id: string; title: string; createdAt: Date }[]>`
    select id, title, created_at from notifications
    where organization_id = ${organizationId} and user_id = ${userId}
      and patient_id = ${patientId}
    order by id desc limit ${limit}`;
  return rows.map(({ id, title, createdAt }) => ({ id, title, sentAt: createdAt.toISOString() }));
}
