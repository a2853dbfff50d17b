/** What an erasure does to the tables. */
import type { Db } from "@praxis/shared/postgres";

/** Every clinic that the user belongs or belonged to, with the role there. */
export async function listMemberships(
  db: Db,
  userId: string,
): Promise<{ organizationId: string; role: string }[]> {
  return await db<{ organizationId: string; role: string }[]>`
    select organization_id, role from memberships where user_id = ${userId}
    order by organization_id, id`;
}

/** False when that has been done before. */
export async function erase(db: Db, userId: string, at: Date): Promise<boolean> {
  const [row] = await db<{ isErased: boolean }[]>`
    select erase_user(${userId}, ${at}) as is_erased`;
  return row!.isErased;
}
