/** Which users a patient is. */
import type { Db } from "@praxis/shared/postgres";

/** More users than one patient has. */
const USERS_MAX = 20;

export async function listUsers(
  db: Db,
  { organizationId, patientId }: { organizationId: string; patientId: string },
): Promise<string[]> {
  const rows = await db<{ userId: string }[]>`
    select user_id from patient_users
    where organization_id = ${organizationId} and patient_id = ${patientId}
    order by linked_at limit ${USERS_MAX}`;
  return rows.map(({ userId }) => userId);
}
