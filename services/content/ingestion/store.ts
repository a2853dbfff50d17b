/** Where the state of a reading, and what it found, are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Told } from "../documents/model.ts";
import type { IngestJob, Kind, Reading } from "./model.ts";

export type Pending = IngestJob & {
  sha256: string;
  kind: Kind;
  attempts: number;
  /** Null: the bytes are in storage. */
  body: Uint8Array | null;
};

/** Counts a try of those versions that are still to be read. All are of one organization. */
export async function beginAttempts(
  db: Db,
  jobs: readonly IngestJob[],
  at: Date,
): Promise<Pending[]> {
  const { organizationId } = jobs[0]!;
  return await db<Pending[]>`
    update document_versions v set attempts = v.attempts + 1, attempted_at = ${at}
    from unnest(${jobs.map(({ documentId }) => documentId)}::uuid[],
                ${jobs.map(({ version }) => version)}::int[]) as j(document_id, version)
    where v.document_id = j.document_id and v.version = j.version
      and v.organization_id = ${organizationId} and v.status = 'processing'
    returning v.organization_id, v.document_id, v.version, v.sha256, v.kind, v.attempts,
      (select b.bytes from document_bodies b
       where b.document_id = v.document_id and b.version = v.version) as body`;
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
        structure = ${json(read?.structure)}, cut = ${read?.cut ?? []}
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

/** The document has been looked into, if `version` is its present one. */
export async function markChecked(
  db: Db,
  { organizationId, documentId, version }: IngestJob,
): Promise<void> {
  await db`
    update documents set awaits_check = false
    where id = ${documentId} and organization_id = ${organizationId} and version = ${version}
      and awaits_check`;
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

/** Marks those of these documents that nobody has been told of, in the order of their ids. */
export async function markTold(
  db: Db,
  organizationId: string,
  documentIds: readonly string[],
): Promise<Told[]> {
  return await db<Told[]>`
    with told as (
      update documents set is_told = true
      where id = any(${documentIds as string[]}::uuid[]) and organization_id = ${organizationId}
        and not is_told
      returning id, version, title, patient_id, created_by
    )
    select d.id, d.version, v.kind, d.title, v.file_name, d.patient_id, d.created_by
    from told d join document_versions v on v.document_id = d.id and v.version = d.version
    order by d.id`;
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
