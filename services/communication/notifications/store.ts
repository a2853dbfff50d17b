/** Where notifications are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Message, Notification } from "./model.ts";

/** Whose notifications: a user's in one organization. */
export type Recipient = { organizationId: string; userId: string };

type NewNotifications = Message & {
  organizationId: string;
  eventId: string;
  at: Date;
  recipients: { id: string; userId: string }[];
};

/** Returns how many users had not been told of this event before. */
export async function insert(db: Db, told: NewNotifications): Promise<number> {
  const ids = told.recipients.map(({ id }) => id);
  const userIds = told.recipients.map(({ userId }) => userId);
  const { count } = await db`
    insert into notifications (id, organization_id, user_id, kind, title, subject_type, subject_id,
                               patient_id, event_id, created_at)
    select id, ${told.organizationId}, user_id, ${told.kind}, ${told.title}, ${told.subject.type},
           ${told.subject.id}, ${told.patientId}, ${told.eventId}, ${told.at}
    from unnest(${ids}::uuid[], ${userIds}::uuid[]) as recipient (id, user_id)
    on conflict (event_id, user_id) do nothing`;
  return count;
}

type Row = {
  id: string;
  kind: Notification["kind"];
  title: string;
  subjectType: string;
  subjectId: string;
  createdAt: Date;
  readAt: Date | null;
};

const toNotification = (row: Row): Notification => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  subject: { type: row.subjectType, id: row.subjectId },
  createdAt: row.createdAt.toISOString(),
  readAt: row.readAt?.toISOString() ?? null,
});

const columns = (db: Db) => db`id, kind, title, subject_type, subject_id, created_at, read_at`;

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  { organizationId, userId }: Recipient,
  { unread, before, limit }: { unread: boolean; before: string | undefined; limit: number },
): Promise<Notification[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from notifications
    where organization_id = ${organizationId} and user_id = ${userId}
      ${unread ? db`and read_at is null` : db``}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toNotification);
}

export async function find(
  db: Db,
  { organizationId, userId }: Recipient,
  id: string,
): Promise<Notification | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from notifications
    where organization_id = ${organizationId} and user_id = ${userId} and id = ${id}`;
  return row && toNotification(row);
}

export async function countUnread(
  db: Db,
  { organizationId, userId }: Recipient,
): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from notifications
    where organization_id = ${organizationId} and user_id = ${userId} and read_at is null`;
  return row?.count ?? 0;
}

/** True when it was there and unread. */
export async function markRead(
  db: Db,
  { organizationId, userId }: Recipient,
  id: string,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    update notifications set read_at = ${at}
    where organization_id = ${organizationId} and user_id = ${userId} and id = ${id}
      and read_at is null`;
  return count === 1;
}

/** Returns how many were unread. */
export async function markAllRead(
  db: Db,
  { organizationId, userId }: Recipient,
  at: Date,
): Promise<number> {
  const { count } = await db`
    update notifications set read_at = ${at}
    where organization_id = ${organizationId} and user_id = ${userId} and read_at is null`;
  return count;
}
