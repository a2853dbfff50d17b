/** Where documents and their versions are kept. */
import { Buffer } from "node:buffer";
import type { Db } from "@praxis/shared/postgres";
import type { Document, DocumentVersion, ListFilter, Structure } from "./model.ts";

export type Key = { organizationId: string; id: string };

export type NewDocument = {
  id: string;
  organizationId: string;
  title: string;
  category: string | null;
  patientId: string | null;
  tags: string[];
};

/** Who is told of a version only after its check hears by which request it came. */
export type NewVersion = {
  documentId: string;
  version: number;
  organizationId: string;
  fileName: string;
  mediaType: string;
  size: number;
  sha256: string;
  kind: DocumentVersion["kind"];
  createdAt: Date;
  createdBy: string;
  requestId: string;
};

/** The other services are to be told later of what is filed for a patient. */
export async function insert(db: Db, document: NewDocument, version: NewVersion): Promise<void> {
  await db`
    insert into documents
      (id, organization_id, version, title, category, patient_id, tags, created_at, created_by,
       awaits_check, is_told, filed_for, request_id)
    values (${document.id}, ${document.organizationId}, ${version.version}, ${document.title},
            ${document.category}, ${document.patientId}, ${document.tags}, ${version.createdAt},
            ${version.createdBy}, ${document.patientId !== null}, ${document.patientId === null},
            ${document.patientId}, ${version.requestId})`;
  await insertVersion(db, version);
}

async function insertVersion(db: Db, version: NewVersion): Promise<void> {
  await db`
    insert into document_versions
      (document_id, version, organization_id, file_name, media_type, size, sha256, kind,
       created_at, created_by)
    values (${version.documentId}, ${version.version}, ${version.organizationId},
            ${version.fileName}, ${version.mediaType}, ${version.size}, ${version.sha256},
            ${version.kind}, ${version.createdAt}, ${version.createdBy})`;
}

export type NewMessage = {
  id: string;
  fileName: string;
  mediaType: string;
  size: number;
  sha256: string;
  /** Null: the bytes are in storage. */
  body: Uint8Array | null;
  createdBy: string;
};

/** Documents named after their files, each with its first version, in one statement. */
export async function insertMessages(
  db: Db,
  organizationId: string,
  messages: NewMessage[],
  at: Date,
): Promise<void> {
  const rows = messages.map(({ body, ...rest }) => ({
    ...rest,
    body: body && Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"),
  }));
  await db`
    with message as (
      select m.id, m."fileName", m."mediaType", m.size, m.sha256, m.body, m."createdBy"
      from jsonb_to_recordset(${db.json(rows)}::jsonb) as m(
        id uuid, "fileName" text, "mediaType" text, size bigint, sha256 text, body text,
        "createdBy" uuid)
    ), document as (
      insert into documents
        (id, organization_id, version, title, created_at, created_by, is_told)
      select m.id, ${organizationId}::uuid, 1, m."fileName", ${at}::timestamptz, m."createdBy",
             false
      from message m
    ), version as (
      insert into document_versions
        (document_id, version, organization_id, file_name, media_type, size, sha256, kind,
         created_at, created_by)
      select m.id, 1, ${organizationId}::uuid, m."fileName", m."mediaType", m.size, m.sha256,
             'hl7v2', ${at}::timestamptz, m."createdBy"
      from message m
    )
    insert into document_bodies (document_id, version, organization_id, bytes)
    select m.id, 1, ${organizationId}::uuid, decode(m.body, 'base64') from message m
    where m.body is not null`;
}

/** Undefined: the bytes are in storage. */
export async function findBody(
  db: Db,
  { organizationId, id }: Key,
  version: number,
): Promise<Uint8Array | undefined> {
  const [row] = await db<{ bytes: Uint8Array }[]>`
    select bytes from document_bodies
    where document_id = ${id} and organization_id = ${organizationId} and version = ${version}`;
  return row?.bytes;
}

/** False when the document is no longer at the version before. A release was of that one. */
export async function addVersion(db: Db, version: NewVersion): Promise<boolean> {
  const { count } = await db`
    update documents
    set version = ${version.version}, released_at = null, released_by = null,
        awaits_check = patient_id is not null, is_version_told = patient_id is null,
        request_id = ${version.requestId}
    where id = ${version.documentId} and organization_id = ${version.organizationId}
      and version = ${version.version - 1}`;
  if (count === 0) return false;
  await insertVersion(db, version);
  return true;
}

type Row = Omit<Document, "createdAt" | "updatedAt"> & { createdAt: Date; updatedAt: Date };

const toDocument = (row: Row): Document => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

const documentColumns = (db: Db) =>
  db`d.id, d.version, v.file_name, v.media_type, v.size::float8 as size, v.sha256, v.kind,
     v.status, v.failure_reason, v.text_status, v.cut, d.title, d.patient_id, d.category, d.tags,
     d.created_at, d.created_by, v.created_at as updated_at, v.seen_patient,
     d.quarantine_reasons is not null as quarantined,
     coalesce(d.quarantine_reasons, '{}') as quarantine_reasons`;

const withCurrentVersion = (db: Db) =>
  db`documents d join document_versions v on v.document_id = d.id and v.version = d.version`;

export async function find(db: Db, { organizationId, id }: Key): Promise<Document | undefined> {
  const [row] = await db<Row[]>`
    select ${documentColumns(db)} from ${withCurrentVersion(db)}
    where d.id = ${id} and d.organization_id = ${organizationId}`;
  return row && toDocument(row);
}

/** In no particular order. */
export async function findAll(
  db: Db,
  organizationId: string,
  ids: string[],
): Promise<Document[]> {
  const rows = await db<Row[]>`
    select ${documentColumns(db)} from ${withCurrentVersion(db)}
    where d.id = any(${ids}::uuid[]) and d.organization_id = ${organizationId}`;
  return rows.map(toDocument);
}

export type Before = { createdAt: string; id: string };

/** Newest first. */
export async function list(
  db: Db,
  organizationId: string,
  { patientId, kind, category, quarantined }: ListFilter,
  before: Before | undefined,
  limit: number,
): Promise<Document[]> {
  const rows = await db<Row[]>`
    select ${documentColumns(db)} from ${withCurrentVersion(db)}
    where d.organization_id = ${organizationId}
      ${patientId === undefined ? db`` : db`and d.patient_id = ${patientId}`}
      ${
    quarantined !== undefined
      ? db`and d.quarantine_reasons is not null`
      : patientId !== undefined
      ? db`and d.quarantine_reasons is null and not d.awaits_check`
      : db``
  }
      ${kind === undefined ? db`` : db`and v.kind = ${kind}`}
      ${category === undefined ? db`` : db`and d.category = ${category}`}
      ${
    before === undefined
      ? db``
      : db`and (d.created_at, d.id) < (${before.createdAt}::timestamptz, ${before.id}::uuid)`
  }
    order by d.created_at desc, d.id desc limit ${limit}`;
  return rows.map(toDocument);
}

type VersionRow = Omit<DocumentVersion, "createdAt" | "processedAt"> & {
  createdAt: Date;
  processedAt: Date | null;
};

const toVersion = (row: VersionRow): DocumentVersion => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  processedAt: row.processedAt?.toISOString() ?? null,
});

const versionColumns = (db: Db) =>
  db`version, file_name, media_type, size::float8 as size, sha256, kind, status, failure_reason,
     text_status, cut, engine, engine_version, created_at, created_by, processed_at, seen_title, seen_author,
     language, (select coalesce(array_agg(r.name order by r.name), '{}') from document_renditions r
      where r.document_id = document_versions.document_id
        and r.version = document_versions.version) as renditions`;

export async function findVersion(
  db: Db,
  { organizationId, id }: Key,
  version: number,
): Promise<DocumentVersion | undefined> {
  const [row] = await db<VersionRow[]>`
    select ${versionColumns(db)} from document_versions
    where document_id = ${id} and organization_id = ${organizationId} and version = ${version}`;
  return row && toVersion(row);
}

/** Newest first. */
export async function listVersions(
  db: Db,
  { organizationId, id }: Key,
  before: number | undefined,
  limit: number,
): Promise<DocumentVersion[]> {
  const rows = await db<VersionRow[]>`
    select ${versionColumns(db)} from document_versions
    where document_id = ${id} and organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and version < ${before}`}
    order by version desc limit ${limit}`;
  return rows.map(toVersion);
}

export async function findStructure(
  db: Db,
  { organizationId, id }: Key,
  version: number,
): Promise<Structure["structure"]> {
  const [row] = await db<{ structure: Structure["structure"] }[]>`
    select structure from document_versions
    where document_id = ${id} and organization_id = ${organizationId} and version = ${version}`;
  return row?.structure ?? null;
}

export type Picture = { mediaType: string; bytes: Uint8Array };

export async function findRendition(
  db: Db,
  { organizationId, id }: Key,
  version: number,
  name: string,
): Promise<Picture | undefined> {
  const [row] = await db<Picture[]>`
    select media_type, bytes from document_renditions
    where document_id = ${id} and organization_id = ${organizationId} and version = ${version}
      and name = ${name}`;
  return row;
}

export type Released = {
  /** As it was filed, before merges. */
  filedFor: string | null;
  /** The other services know it as a document that is in a chart. */
  isChartTold: boolean;
  /** They have been told of the present version, or it is the first. */
  isVersionTold: boolean;
};

/** Ends a quarantine; undefined when there was none. */
export async function release(
  db: Db,
  { organizationId, id }: Key,
  { at, userId }: { at: Date; userId: string },
): Promise<Released | undefined> {
  const [row] = await db<Released[]>`
    with held as (
      select is_chart_told from documents
      where id = ${id} and organization_id = ${organizationId} for no key update
    )
    update documents
    set quarantine_reasons = null, released_at = ${at}, released_by = ${userId},
        is_chart_told = true
    from held
    where id = ${id} and organization_id = ${organizationId} and quarantine_reasons is not null
    returning coalesce(filed_for, patient_id) as filed_for, held.is_chart_told, is_version_told`;
  return row;
}

/** Makes a version wait to be read again; false while it is waiting anyway. */
export async function reopen(
  db: Db,
  { organizationId, id }: Key,
  version: number,
): Promise<boolean> {
  const { count } = await db`
    update document_versions
    set status = 'processing', failure_reason = null, processed_at = null, attempts = 0,
        attempted_at = null, was_read = was_read or status = 'ready'
    where document_id = ${id} and organization_id = ${organizationId} and version = ${version}
      and status <> 'processing'`;
  return count === 1;
}

/** `chars` characters of the text of a version, and one more when there are others. */
export async function findText(
  db: Db,
  { organizationId, id }: Key,
  version: number,
  { offset, chars }: { offset: number; chars: number },
): Promise<string> {
  const [row] = await db<{ text: string }[]>`
    select substr(text, ${offset + 1}::int, ${chars + 1}::int) as text from document_texts
    where document_id = ${id} and organization_id = ${organizationId} and version = ${version}`;
  return row?.text ?? "";
}
