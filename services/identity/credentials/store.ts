/** Where password hashes are kept. Only the platform's own scope can see them. */
import type { Db } from "@praxis/shared/postgres";

export async function insert(
  db: Db,
  { userId, passwordHash }: { userId: string; passwordHash: string },
  at: Date,
): Promise<void> {
  await db`
    insert into credentials (user_id, password_hash, updated_at)
    values (${userId}, ${passwordHash}, ${at})`;
}

/** Replaces `old` unless something else has done so in the meantime. */
export async function replace(
  db: Db,
  { userId, old, passwordHash }: { userId: string; old: string; passwordHash: string },
  at: Date,
): Promise<void> {
  await db`
    update credentials set password_hash = ${passwordHash}, updated_at = ${at}
    where user_id = ${userId} and password_hash = ${old}`;
}
