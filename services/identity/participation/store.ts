/** What sagas change of clinics and memberships. */
import type { Db } from "@praxis/shared/postgres";

/** False when there is none, or somebody belongs to it. */
export async function removeClinic(db: Db, id: string): Promise<boolean> {
  const { count } = await db`
    delete from organizations o
    where o.id = ${id} and not exists (select 1 from memberships m where m.organization_id = o.id)`;
  return count === 1;
}

type Member = { organizationId: string; userId: string };

export async function isMember(db: Db, { organizationId, userId }: Member): Promise<boolean> {
  const rows = await db`
    select 1 from memberships m join users u on u.id = m.user_id
    where m.organization_id = ${organizationId} and m.user_id = ${userId} and m.ended_at is null
      and u.disabled_at is null`;
  return rows.length === 1;
}

export type LiveMember = { id: string; userId: string; role: string; permissionVersion: number };

/** The member and every owner: whoever else ends a membership of these waits. In one order. */
export async function lockWithOwners(
  db: Db,
  { organizationId, userId }: Member,
): Promise<LiveMember[]> {
  return await db<LiveMember[]>`
    select id, user_id, role, permission_version from memberships
    where organization_id = ${organizationId} and ended_at is null
      and (user_id = ${userId} or role = 'owner')
    order by id for update`;
}

export async function end(db: Db, id: string, at: Date): Promise<void> {
  await db`
    update memberships set ended_at = ${at}, permission_version = permission_version + 1
    where id = ${id}`;
}

/** The new permission version; undefined when it ended otherwise, or there is a newer membership. */
export async function resume(db: Db, id: string, endedAt: Date): Promise<number | undefined> {
  const [row] = await db<{ permissionVersion: number }[]>`
    update memberships m set ended_at = null, permission_version = permission_version + 1
    where m.id = ${id} and m.ended_at = ${endedAt}
      and not exists (
        select 1 from memberships newer
        where newer.organization_id = m.organization_id and newer.user_id = m.user_id
          and newer.ended_at is null)
    returning permission_version`;
  return row?.permissionVersion;
}
