/** Where documents and their versions are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Document, DocumentFilter, DocumentVersion } from "./model.ts";

export type Key = { organizationId: string; id: string };

export type NewDocument = {
  id: string;
  organizationId: string;
  title: string;
  category: string | null;
  patientId: string | null;
  tags: string[];
};

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
};

export async function insert(db: Db, document: NewDocument, version: NewVersion): Promise<void> {
  await db`
    insert into documents
      (id, organization_id, version, title, category, patient_id, tags, created_at, created_by)
    values (${document.id}, ${document.organizationId}, ${version.version}, ${document.title},
            ${document.category}, ${document.patientId}, ${document.tags}, ${version.createdAt},
            ${version.createdBy})`;
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

/** False when the document is no longer at the version before. */
export async function addVersion(db: Db, version: NewVersion): Promise<boolean> {
  const { count } = await db`
    update documents set version = ${version.version}
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
     v.status, v.failure_reason, v.text_status, d.title, d.patient_id, d.category, d.tags,
     d.created_at, d.created_by, v.created_at as updated_at`;

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
  { patientId, kind, category }: DocumentFilter,
  before: Before | undefined,
  limit: number,
): Promise<Document[]> {
  const rows = await db<Row[]>`
    select ${documentColumns(db)} from ${withCurrentVersion(db)}
    where d.organization_id = ${organizationId}
      ${patientId === undefined ? db`` : db`and d.patient_id = ${patientId}`}
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
     text_status, engine, engine_version, created_at, created_by, processed_at`;

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
