/** Where it is kept who may read what, beside the staff. */
import type { Db } from "@praxis/shared/postgres";
import type { Share, SharedDocument } from "./model.ts";

type Row = Omit<Share, "createdAt" | "expiresAt" | "firstReadAt"> & {
  createdAt: Date;
  expiresAt: Date | null;
  firstReadAt: Date | null;
};

const toShare = (row: Row): Share => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  firstReadAt: row.firstReadAt?.toISOString() ?? null,
});

const columns = (db: Db) =>
  db`id, document_id, version, user_id, purpose, created_at, created_by, expires_at, first_read_at`;

export type NewRow = Pick<Share, "id" | "documentId" | "version" | "userId" | "purpose"> & {
  organizationId: string;
  createdBy: string;
  expiresAt: string | null;
  at: Date;
};

/** The new share, or undefined when this user can read the document already. */
export async function insert(db: Db, share: NewRow): Promise<Share | undefined> {
  const [row] = await db<Row[]>`
    insert into document_shares (id, organization_id, document_id, version, user_id, purpose,
                                 created_at, created_by, expires_at)
    values (${share.id}, ${share.organizationId}, ${share.documentId}, ${share.version},
            ${share.userId}, ${share.purpose}, ${share.at}, ${share.createdBy}, ${share.expiresAt})
    on conflict (document_id, user_id) where revoked_at is null do nothing
    returning ${columns(db)}`;
  return row && toShare(row);
}

type Document = { organizationId: string; documentId: string };

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  { organizationId, documentId }: Document,
  before: string | undefined,
  limit: number,
): Promise<Share[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from document_shares
    where organization_id = ${organizationId} and document_id = ${documentId}
      and revoked_at is null ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toShare);
}

/** Whoever else changes them waits until the transaction ends. In one order. */
export async function lock(
  db: Db,
  organizationId: string,
  which:
    | { ids: readonly string[] }
    | { documentId: string; userIds: readonly string[] }
    | { userId: string; at: Date },
): Promise<Share[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from document_shares
    where organization_id = ${organizationId} and revoked_at is null
      ${
    "ids" in which
      ? db`and id = any (${which.ids as string[]}::uuid[])`
      : "documentId" in which
      ? db`and document_id = ${which.documentId}
           and user_id = any (${which.userIds as string[]}::uuid[])`
      : db`and user_id = ${which.userId} and (expires_at is null or expires_at > ${which.at})`
  }
    order by id for update`;
  return rows.map(toShare);
}

/**
 * What was released while two patients were taken for one, of a merge that has been undone. Locked.
 * A little earlier counts, too: practice had merged them before it was heard of here.
 */
export async function lockReleasedMeanwhile(
  db: Db,
  { organizationId, mergeId }: { organizationId: string; mergeId: string },
): Promise<Share[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from document_shares
    where organization_id = ${organizationId} and revoked_at is null and purpose = 'release'
      and id in (
        select s.id
        from patient_merges m
        join documents d on d.organization_id = m.organization_id
          and d.patient_id in (m.patient_id, m.into_patient_id)
        join document_shares s on s.organization_id = m.organization_id and s.document_id = d.id
        where m.organization_id = ${organizationId} and m.merge_id = ${mergeId}
          and m.undone_at is not null
          and s.created_at between m.merged_at - interval '1 minute' and m.undone_at)
    order by id for update`;
  return rows.map(toShare);
}

export async function revoke(
  db: Db,
  organizationId: string,
  ids: readonly string[],
  at: Date,
): Promise<void> {
  await db`
    update document_shares set revoked_at = ${at}
    where organization_id = ${organizationId} and id = any (${ids as string[]}::uuid[])
      and revoked_at is null`;
}

/** What has expired makes room for another share of the same document. */
export async function endExpired(
  db: Db,
  { organizationId, documentId, userId, at }: Document & { userId: string; at: Date },
): Promise<void> {
  await db`
    update document_shares set revoked_at = expires_at
    where organization_id = ${organizationId} and document_id = ${documentId}
      and user_id = ${userId} and revoked_at is null and expires_at <= ${at}`;
}

/** Makes shares valid again unless the user has a newer one. Returns which. */
export async function restore(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    update document_shares s set revoked_at = null
    where s.organization_id = ${organizationId} and s.id = any (${ids as string[]}::uuid[])
      and s.revoked_at is not null
      and not exists (
        select 1 from document_shares newer
        where newer.document_id = s.document_id and newer.user_id = s.user_id
          and newer.revoked_at is null)
    returning id`;
  return rows.map(({ id }) => id);
}

type Reader = { organizationId: string; userId: string; at: Date };

type SharedRow = Omit<SharedDocument, "sharedAt" | "firstReadAt"> & {
  id: string;
  sharedAt: Date;
  firstReadAt: Date | null;
};

/** What is shared with a user now, newest first, each with the share's id for the next page. */
export async function listShared(
  db: Db,
  { organizationId, userId, at }: Reader,
  before: string | undefined,
  limit: number,
): Promise<(SharedDocument & { id: string })[]> {
  const rows = await db<SharedRow[]>`
    select s.id, s.document_id, s.version, d.title, v.file_name, v.media_type,
           v.size::float8 as size, s.created_at as shared_at, s.first_read_at
    from document_shares s
    join documents d on d.id = s.document_id
    join document_versions v on v.document_id = s.document_id and v.version = s.version
    where s.organization_id = ${organizationId} and s.user_id = ${userId} and s.revoked_at is null
      and (s.expires_at is null or s.expires_at > ${at})
      ${before === undefined ? db`` : db`and s.id < ${before}`}
    order by s.id desc limit ${limit}`;
  return rows.map((row) => ({
    ...row,
    sharedAt: row.sharedAt.toISOString(),
    firstReadAt: row.firstReadAt?.toISOString() ?? null,
  }));
}

/** Notes that the user has read the document; which version, or undefined when they may not. */
export async function markRead(
  db: Db,
  { organizationId, userId, at }: Reader,
  documentId: string,
): Promise<number | undefined> {
  const [row] = await db<{ version: number }[]>`
    update document_shares set first_read_at = coalesce(first_read_at, ${at})
    where organization_id = ${organizationId} and user_id = ${userId}
      and document_id = ${documentId} and revoked_at is null
      and (expires_at is null or expires_at > ${at})
    returning version`;
  return row?.version;
}
