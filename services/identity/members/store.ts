/** Where memberships are kept. One that has ended, or whose user is disabled, is not found. */
import type { Db } from "@praxis/shared/postgres";
import type { Member, Membership, NewMembership, Recipient } from "./model.ts";

export async function find(db: Db, id: string): Promise<Membership | undefined> {
  const [row] = await db<Membership[]>`
    select m.id, m.role, m.permission_version
    from memberships m join users u on u.id = m.user_id
    where m.id = ${id} and m.ended_at is null and u.disabled_at is null`;
  return row;
}

export async function findByUser(
  db: Db,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<Membership | undefined> {
  const [row] = await db<Membership[]>`
    select m.id, m.role, m.permission_version
    from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} and m.user_id = ${userId}
      and m.ended_at is null and u.disabled_at is null`;
  return row;
}

/** Where a user signs in unless they say otherwise: their first organization. */
export async function findFirstOrganization(db: Db, userId: string): Promise<string | undefined> {
  const [row] = await db<{ organizationId: string }[]>`
    select m.organization_id
    from memberships m join users u on u.id = m.user_id
    where m.user_id = ${userId} and m.ended_at is null and u.disabled_at is null
    order by m.started_at, m.id limit 1`;
  return row?.organizationId;
}

export async function list(
  db: Db,
  organizationId: string,
  after: string | undefined,
  limit: number,
): Promise<Member[]> {
  const rows = await db<(Omit<Member, "startedAt"> & { startedAt: Date })[]>`
    select m.id, m.user_id, u.email, u.full_name, m.role, m.started_at
    from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} and m.ended_at is null
      and u.disabled_at is null
      ${after === undefined ? db`` : db`and m.id > ${after}`}
    order by m.id limit ${limit}`;
  return rows.map((row) => ({ ...row, startedAt: row.startedAt.toISOString() }));
}

export async function listRecipients(
  db: Db,
  { organizationId, roles }: { organizationId: string; roles?: readonly string[] },
  after: string | undefined,
  limit: number,
): Promise<Recipient[]> {
  return await db<Recipient[]>`
    select m.user_id, m.id as membership_id, m.role
    from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} and m.ended_at is null
      and u.disabled_at is null
      ${roles === undefined ? db`` : db`and m.role = any(${roles as string[]}::text[])`}
      ${after === undefined ? db`` : db`and m.id > ${after}`}
    order by m.id limit ${limit}`;
}

/** False when the user is a member already. */
export async function insert(db: Db, membership: NewMembership, at: Date): Promise<boolean> {
  const { id, organizationId, userId, role } = membership;
  const { count } = await db`
    insert into memberships (id, organization_id, user_id, role, started_at)
    values (${id}, ${organizationId}, ${userId}, ${role}, ${at})
    on conflict do nothing`;
  return count === 1;
}
