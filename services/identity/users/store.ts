/** Where users are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { OwnOrganization, User } from "./model.ts";

export async function find(db: Db, id: string): Promise<User | undefined> {
  const [row] = await db<User[]>`select id, email, full_name from users where id = ${id}`;
  return row;
}

/** For the platform's own scope only: in another nothing would be locked. */
export async function lock(db: Db, id: string): Promise<void> {
  await db`select id from users where id = ${id} for no key update`;
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

export async function isTaken(db: Db, email: string): Promise<boolean> {
  return (await db`select 1 from users where email = ${email}`).length > 0;
}

/** False when another account has the address. */
export async function setEmail(db: Db, id: string, email: string): Promise<boolean> {
  const { count } = await db`
    update users set email = ${email}
    where id = ${id} and not exists (select 1 from users other where other.email = ${email})`;
  return count === 1;
}

type SecurityEventRow = {
  id: string;
  at: Date;
  action: string;
  outcome: "success" | "refused" | "failed";
  organizationId: string;
  clientId: string | null;
};

/** What a user did to their account, and what others tried, in every clinic. Newest first. */
export async function listSecurityEvents(
  db: Db,
  userId: string,
  before: string | undefined,
  limit: number,
): Promise<SecurityEventRow[]> {
  const isBefore = before === undefined ? db`` : db`and id < ${before}`;
  return await db<SecurityEventRow[]>`
    select id, at, action, outcome, organization_id, client_id from (
      (select id, at, action, outcome, organization_id, client_id from audit_events
       where actor_id = ${userId} and actor_kind = 'user' ${isBefore}
       order by id desc limit ${limit})
      union
      (select id, at, action, outcome, organization_id, client_id from audit_events
       where subject_type = 'user' and subject_id = ${userId} ${isBefore}
       order by id desc limit ${limit})
    ) own
    order by id desc limit ${limit}`;
}
