/** Where it is kept which user is which patient. */
import type { Db } from "@praxis/shared/postgres";

type Link = { organizationId: string; userId: string; patientId: string };

/** False when the user is linked already. */
export async function insert(
  db: Db,
  { organizationId, userId, patientId }: Link,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    insert into patient_users (organization_id, user_id, patient_id, linked_at)
    values (${organizationId}, ${userId}, ${patientId}, ${at})
    on conflict do nothing`;
  return count === 1;
}

export async function remove(
  db: Db,
  { organizationId, userId, patientId }: Link,
): Promise<boolean> {
  const { count } = await db`
    delete from patient_users
    where organization_id = ${organizationId} and user_id = ${userId}
      and patient_id = ${patientId}`;
  return count === 1;
}

export async function findPatientId(
  db: Db,
  { organizationId, userId }: Omit<Link, "patientId">,
): Promise<string | undefined> {
  const [row] = await db<{ patientId: string }[]>`
    select patient_id from patient_users
    where organization_id = ${organizationId} and user_id = ${userId}`;
  return row?.patientId;
}
