/** Where exports are kept. */
import type { Db } from "@praxis/shared/postgres";

type Row = { id: string; userId: string; createdAt: Date; expiresAt: Date };

export async function insert(db: Db, { id, userId, createdAt, expiresAt }: Row): Promise<void> {
  await db`
    insert into data_exports (id, user_id, created_at, expires_at)
    values (${id}, ${userId}, ${createdAt}, ${expiresAt})`;
}

export async function removeOld(
  db: Db,
  { userId, before }: { userId: string; before: Date },
): Promise<void> {
  await db`delete from data_exports where user_id = ${userId} and expires_at < ${before}`;
}

export async function find(
  db: Db,
  { id, userId }: { id: string; userId: string },
): Promise<{ expiresAt: Date } | undefined> {
  const [row] = await db<{ expiresAt: Date }[]>`
    select expires_at from data_exports where id = ${id} and user_id = ${userId}`;
  return row;
}
