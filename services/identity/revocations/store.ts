/** Where revocations are kept: a list that only grows, numbered in the order of their commits. */
import type { Db } from "@praxis/shared/postgres";
import type { RevocationPage } from "@praxis/shared/auth";
import type { NewRevocation } from "./model.ts";

const LOCK = 4_201_338;

type Item = RevocationPage["items"][number];
export type Row = Item & { seq: string };

/**
 * The lock makes numbers appear in order: without it a later one could be committed, and read,
 * before an earlier one, which its reader would then never see.
 */
export async function insert(db: Db, revocation: NewRevocation, at: Date): Promise<void> {
  const { organizationId, kind, id } = revocation;
  const version = revocation.kind === "membership" ? revocation.permissionVersion : null;
  await db`select pg_advisory_xact_lock(${LOCK})`;
  await db`
    insert into revocations (organization_id, kind, subject_id, permission_version, at)
    values (${organizationId}, ${kind}, ${id}, ${version}, ${at})`;
}

/** Of sessions that ended together. */
export async function insertSessions(
  db: Db,
  sessions: readonly { id: string; organizationId: string }[],
  at: Date,
): Promise<void> {
  const ids = sessions.map(({ id }) => id);
  const organizationIds = sessions.map(({ organizationId }) => organizationId);
  await db`select pg_advisory_xact_lock(${LOCK})`;
  await db`
    insert into revocations (organization_id, kind, subject_id, at)
    select organization_id, 'session', id, ${at}
    from unnest(${organizationIds}::uuid[], ${ids}::text[]) as ended (organization_id, id)`;
}

export async function findNewest(db: Db): Promise<string> {
  const [row] = await db<{ newest: string }[]>`
    select coalesce(max(seq), 0)::text as newest from revocations`;
  return row!.newest;
}

export async function listAfter(db: Db, after: string, limit: number): Promise<Row[]> {
  return await db<Row[]>`
    select seq::text, kind, subject_id as id, permission_version from revocations
    where seq > ${after}::bigint order by seq limit ${limit}`;
}

export async function listSince(db: Db, at: Date, limit: number): Promise<Row[]> {
  return await db<Row[]>`
    select seq::text, kind, subject_id as id, permission_version from revocations
    where at > ${at} order by seq limit ${limit}`;
}
