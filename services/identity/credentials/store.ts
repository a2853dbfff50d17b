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

/** Replaces `old`; false when something else has done so in the meantime. */
export async function replace(
  db: Db,
  { userId, old, passwordHash }: { userId: string; old: string; passwordHash: string },
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    update credentials set password_hash = ${passwordHash}, updated_at = ${at}
    where user_id = ${userId} and password_hash = ${old}`;
  return count === 1;
}

export async function isStored(
  db: Db,
  { userId, passwordHash }: { userId: string; passwordHash: string },
): Promise<boolean> {
  const rows = await db`
    select 1 from credentials where user_id = ${userId} and password_hash = ${passwordHash}`;
  return rows.length === 1;
}

export type Person = {
  userId: string;
  email: string;
  fullName: string;
  isDisabled: boolean;
  passwordHash: string | null;
  hasFactor: boolean;
  clinics: string[];
};

export async function findPerson(
  db: Db,
  who: { userId: string } | { email: string },
): Promise<Person | undefined> {
  const [row] = await db<Person[]>`
    select u.id as user_id, u.email, u.full_name, u.disabled_at is not null as is_disabled,
           c.password_hash,
           exists (select 1 from factors f
                   where f.user_id = u.id and f.confirmed_at is not null) as has_factor,
           array(select o.name from memberships m join organizations o on o.id = m.organization_id
                 where m.user_id = u.id and m.ended_at is null) as clinics
    from users u left join credentials c on c.user_id = u.id
    where ${"userId" in who ? db`u.id = ${who.userId}` : db`u.email = ${who.email}`}`;
  return row;
}

export async function set(
  db: Db,
  { userId, passwordHash }: { userId: string; passwordHash: string },
  at: Date,
): Promise<void> {
  await db`
    insert into credentials (user_id, password_hash, updated_at)
    values (${userId}, ${passwordHash}, ${at})
    on conflict (user_id) do update
    set password_hash = excluded.password_hash, updated_at = excluded.updated_at`;
}
