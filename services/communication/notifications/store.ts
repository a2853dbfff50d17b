/** Where notifications are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Counts, InboxItem, Message, Notification } from "./model.ts";

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
  seenAt: Date | null;
  archivedAt: Date | null;
  snoozedUntil: Date | null;
  body: string | null;
  category: string | null;
  actions: Notification["actions"];
  actionTaken: string | null;
};

const toNotification = (row: Row): Notification => ({
  id: row.id,
  kind: row.kind,
  title: row.title,
  subject: { type: row.subjectType, id: row.subjectId },
  createdAt: row.createdAt.toISOString(),
  readAt: row.readAt?.toISOString() ?? null,
  seenAt: row.seenAt?.toISOString() ?? null,
  archivedAt: row.archivedAt?.toISOString() ?? null,
  snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
  body: row.body,
  category: row.category,
  actions: row.actions,
  actionTaken: row.actionTaken,
});

const columns = (db: Db) =>
  db`id, kind, title, subject_type, subject_id, created_at, read_at, seen_at, archived_at,
     snoozed_until, body,
     category, actions, action_taken`;

/** Not put off, or not any more. */
const isHere = (db: Db, now: Date) => db`(snoozed_until is null or snoozed_until <= ${now})`;

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  { organizationId, userId }: Recipient,
  { unread, archived = false, snoozed = false, now, before, limit }: {
    unread: boolean;
    archived?: boolean;
    /** Only what is put off; otherwise only what is not. */
    snoozed?: boolean;
    now: Date;
    before: string | undefined;
    limit: number;
  },
): Promise<Notification[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from notifications
    where organization_id = ${organizationId} and user_id = ${userId}
      and archived_at is ${archived ? db`not null` : db`null`}
      and ${snoozed ? db`snoozed_until > ${now}` : isHere(db, now)}
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
  now: Date,
): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from notifications
    where organization_id = ${organizationId} and user_id = ${userId} and read_at is null
      and archived_at is null and ${isHere(db, now)}`;
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

export async function insertItem(
  db: Db,
  item: InboxItem & { id: string; actions: Notification["actions"]; at: Date },
): Promise<void> {
  await db`
    insert into notifications (id, organization_id, user_id, kind, title, subject_type, subject_id,
                               event_id, created_at, body, category, actions)
    values (${item.id}, ${item.organizationId}, ${item.userId}, 'message', ${item.title}, 'delivery',
            ${item.deliveryId}, ${item.deliveryId}, ${item.at}, ${item.body}, ${item.category},
            ${db.json(item.actions)})
    on conflict (event_id, user_id) do nothing`;
}

export async function counts(
  db: Db,
  { organizationId, userId }: Recipient,
  now: Date,
): Promise<Counts> {
  const rows = await db<{ category: string; unread: number; unseen: number }[]>`
    select coalesce(category, kind) as category,
           count(*) filter (where read_at is null)::int as unread,
           count(*) filter (where seen_at is null and read_at is null)::int as unseen
    from notifications
    where organization_id = ${organizationId} and user_id = ${userId} and archived_at is null
      and (read_at is null or seen_at is null) and ${isHere(db, now)}
    group by 1 order by 1`;
  const sum = (pick: (row: typeof rows[number]) => number) =>
    rows.reduce((all, row) => all + pick(row), 0);
  return {
    unseen: sum(({ unseen }) => unseen),
    unread: sum(({ unread }) => unread),
    categories: Object.fromEntries(
      rows.filter(({ unread }) => unread > 0).map(({ category, unread }) => [category, unread]),
    ),
  };
}

/** Everything up to and including `upTo`: what came after it was not on the screen. */
export async function markSeen(
  db: Db,
  { organizationId, userId }: Recipient,
  upTo: string,
  at: Date,
): Promise<number> {
  const { count } = await db`
    update notifications set seen_at = ${at}
    where organization_id = ${organizationId} and user_id = ${userId} and id <= ${upTo}
      and seen_at is null`;
  return count;
}

/** Everything up to and including `upTo`: what came after it was not on the screen. */
export async function archiveAll(
  db: Db,
  { organizationId, userId }: Recipient,
  upTo: string,
  at: Date,
): Promise<number> {
  const { count } = await db`
    update notifications set archived_at = ${at}
    where organization_id = ${organizationId} and user_id = ${userId} and id <= ${upTo}
      and archived_at is null and ${isHere(db, at)}`;
  return count;
}

/** Null: it is back. True when that changes something. */
export async function snooze(
  db: Db,
  { organizationId, userId }: Recipient,
  id: string,
  until: Date | null,
): Promise<boolean> {
  const { count } = await db`
    update notifications set snoozed_until = ${until}
    where organization_id = ${organizationId} and user_id = ${userId} and id = ${id}
      and snoozed_until is distinct from ${until}`;
  return count === 1;
}

/** One mark of one notification; null takes it away. True when that changes something. */
export async function setMark(
  db: Db,
  { organizationId, userId }: Recipient,
  id: string,
  { mark, at }: { mark: "readAt" | "archivedAt"; at: Date | null },
): Promise<boolean> {
  const column = mark === "readAt" ? db`read_at` : db`archived_at`;
  const { count } = await db`
    update notifications set ${column} = ${at}
    where organization_id = ${organizationId} and user_id = ${userId} and id = ${id}
      and (${column} is null) = ${at !== null}`;
  return count === 1;
}

/** The first answer holds. */
export async function takeAction(
  db: Db,
  { organizationId, userId }: Recipient,
  id: string,
  { key, at }: { key: string; at: Date },
): Promise<boolean> {
  const { count } = await db`
    update notifications set action_taken = ${key}, action_at = ${at},
           read_at = coalesce(read_at, ${at})
    where organization_id = ${organizationId} and user_id = ${userId} and id = ${id}
      and action_taken is null`;
  return count === 1;
}
