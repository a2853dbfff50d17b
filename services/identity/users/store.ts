/** Where users are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { OwnOrganization, User } from "./model.ts";

export async function find(db: Db, id: string): Promise<User | undefined> {
  const [row] = await db<User[]>`select id, email, full_name from users where id = ${id}`;
  return row;
}

/** Where the user works, in the order of joining. */
export async function listOrganizations(
  db: Db,
  userId: string,
): Promise<Omit<OwnOrganization, "current">[]> {
  return await db<Omit<OwnOrganization, "current">[]>`
    select o.id, o.name, o.slug, m.role
    from memberships m join organizations o on o.id = m.organization_id
    where m.user_id = ${userId} and m.ended_at is null
    order by m.started_at, m.id`;
}

/** False when the id or the address is taken. */
export async function insert(db: Db, user: User, at: Date): Promise<boolean> {
  const { id, email, fullName } = user;
  const { count } = await db`
    insert into users (id, email, full_name, created_at) values (${id}, ${email}, ${fullName}, ${at})
    on conflict do nothing`;
  return count === 1;
}
