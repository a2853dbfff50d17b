/** Where the state of a reading, and what it found, are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { IngestJob, Kind, Reading } from "./model.ts";

export type Pending = {
  sha256: string;
  kind: Kind;
  attempts: number;
};

/** Counts a try of the version that is to be read; undefined when that has been done. */
export async function beginAttempt(
  db: Db,
  { organizationId, documentId, version }: IngestJob,
  at: Date,
): Promise<Pending | undefined> {
  const [row] = await db<Pending[]>`
    update document_versions set attempts = attempts + 1, attempted_at = ${at}
    where document_id = ${documentId} and organization_id = ${organizationId}
      and version = ${version} and status = 'processing'
    returning sha256, kind, attempts`;
  return row;
}

/** False when another run of the same job was first. */
export async function finish(
  db: Db,
  { organizationId, documentId, version }: IngestJob,
  reading: Reading,
  at: Date,
): Promise<boolean> {
  const read = reading.status === "ready" ? reading : undefined;
  const text = read?.text ?? "";
  const json = (value: unknown) =>
    value === undefined || value === null ? null : db.json(value as never);
  const { count } = await db`
    update document_versions
    set status = ${reading.status},
        failure_reason = ${reading.status === "failed" ? reading.reason : null},
        processed_at = ${at},
        text_status = ${text.trim() === "" ? "none" : "extracted"},
        engine = ${reading.engine}, engine_version = ${reading.engineVersion},
        seen_patient = ${json(read?.seen)}, seen_title = ${read?.title ?? null},
        seen_author = ${read?.author ?? null}, language = ${read?.language ?? null},
        structure = ${json(read?.structure)}
    where document_id = ${documentId} and organization_id = ${organizationId}
      and version = ${version} and status = 'processing'`;
  if (count === 0) return false;
  await db`
    insert into document_texts (document_id, version, organization_id, text)
    select ${documentId}::uuid, ${version}::int, ${organizationId}::uuid, ${text}::text
    where ${text.trim() !== ""}::boolean or exists (
      select 1 from document_texts where document_id = ${documentId} and version = ${version})
    on conflict (document_id, version) do update set text = excluded.text`;
  await db`
    delete from document_renditions
    where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId}`;
  for (const { name, mediaType, width, height, bytesBase64 } of read?.renditions ?? []) {
    await db`
      insert into document_renditions
        (document_id, version, name, organization_id, media_type, width, height, bytes)
      values (${documentId}, ${version}, ${name}, ${organizationId}, ${mediaType}, ${width},
              ${height}, decode(${bytesBase64}, 'base64'))
      on conflict (document_id, version, name) do nothing`;
  }
  return true;
}

/** Whom the document was filed for, if `version` is its present one. */
export async function findFiledFor(
  db: Db,
  { organizationId, documentId, version }: IngestJob,
): Promise<string | undefined> {
  const [row] = await db<{ patientId: string | null }[]>`
    select patient_id from documents
    where id = ${documentId} and organization_id = ${organizationId} and version = ${version}`;
  return row?.patientId ?? undefined;
}

export type Progress = { kind: Kind; waiting: number; running: number; failed: number };

/** Waiting: not tried yet. Failed: of present versions. */
export async function countProgress(db: Db, organizationId: string): Promise<Progress[]> {
  return await db<Progress[]>`
    select v.kind,
           count(*) filter (where v.status = 'processing' and v.attempts = 0)::int as waiting,
           count(*) filter (where v.status = 'processing' and v.attempts > 0)::int as running,
           count(*) filter (where v.status = 'failed')::int as failed
    from documents d join document_versions v on v.document_id = d.id and v.version = d.version
    where d.organization_id = ${organizationId} and v.status <> 'ready'
    group by v.kind order by v.kind`;
}

/** Versions whose last try began before `before` and never ended. */
export async function listStuck(db: Db, before: Date, limit: number): Promise<IngestJob[]> {
  return await db<IngestJob[]>`
    select organization_id, document_id, version from document_versions
    where status = 'processing' and attempts > 0 and attempted_at < ${before}
    order by attempted_at limit ${limit}`;
}

/** Present versions that this version of an engine has read. */
export async function listReadBy(
  db: Db,
  organizationId: string,
  { engine, engineVersion }: { engine: string; engineVersion: string },
  limit: number,
): Promise<IngestJob[]> {
  return await db<IngestJob[]>`
    select v.organization_id, v.document_id, v.version
    from documents d join document_versions v on v.document_id = d.id and v.version = d.version
    where v.organization_id = ${organizationId} and v.engine = ${engine}
      and v.engine_version = ${engineVersion} and v.status <> 'processing'
    order by v.document_id limit ${limit}`;
}
