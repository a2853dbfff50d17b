/** Where links to calendars are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Feed } from "./model.ts";

type Row = Omit<Feed, "createdAt" | "revokedAt"> & { createdAt: Date; revokedAt: Date | null };

const toFeed = ({ createdAt, revokedAt, ...row }: Row): Feed => ({
  ...row,
  createdAt: createdAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});

const columns = (db: Db) => db`id, practitioner_id, created_at, revoked_at`;

type New = { id: string; organizationId: string; practitionerId: string; createdBy: string };

export async function insert(db: Db, feed: New, at: Date): Promise<Feed> {
  const [row] = await db<Row[]>`
    insert into calendar_feeds (id, organization_id, practitioner_id, created_at, created_by)
    values (${feed.id}, ${feed.organizationId}, ${feed.practitionerId}, ${at}, ${feed.createdBy})
    returning ${columns(db)}`;
  return toFeed(row!);
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Feed | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from calendar_feeds
    where organization_id = ${organizationId} and id = ${id}`;
  return row && toFeed(row);
}

/** False when there is none that was not revoked before. */
export async function revoke(
  db: Db,
  organizationId: string,
  id: string,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    update calendar_feeds set revoked_at = ${at}
    where organization_id = ${organizationId} and id = ${id} and revoked_at is null`;
  return count === 1;
}
