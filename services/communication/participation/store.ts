/** By what name clinics speak, and what those who leave have not read. */
import type { Db } from "@praxis/shared/postgres";

export async function insertClinic(db: Db, organizationId: string, name: string): Promise<boolean> {
  const { count } = await db`
    insert into clinics (organization_id, name) values (${organizationId}, ${name})
    on conflict do nothing`;
  return count === 1;
}

export async function removeClinic(db: Db, organizationId: string): Promise<void> {
  await db`delete from clinics where organization_id = ${organizationId}`;
}

export async function findName(db: Db, organizationId: string): Promise<string | undefined> {
  const [row] = await db<{ name: string }[]>`
    select name from clinics where organization_id = ${organizationId}`;
  return row?.name;
}

type Member = { organizationId: string; userId: string };

/** Returns the ids of what the user had not read. */
export async function settle(
  db: Db,
  { organizationId, userId }: Member,
  at: Date,
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    update notifications set read_at = ${at}
    where organization_id = ${organizationId} and user_id = ${userId} and read_at is null
    returning id`;
  return rows.map(({ id }) => id);
}

export async function unsettle(
  db: Db,
  { organizationId, userId }: Member,
  ids: readonly string[],
): Promise<void> {
  await db`
    update notifications set read_at = null
    where organization_id = ${organizationId} and user_id = ${userId}
      and id = any (${ids as string[]}::uuid[])`;
}
