/** Where the state of a reading, and what it found, are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Told } from "../documents/model.ts";
import { type IngestJob, type Kind, type Reading, reasons } from "./model.ts";

export type Pending = IngestJob & {
  sha256: string;
  kind: Kind;
  size: number;
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
    returning v.organization_id, v.document_id, v.version, v.sha256, v.kind, v.size::float8 as size,
      v.attempts,
      (select b.bytes from document_bodies b
       where b.document_id = v.document_id and b.version = v.version) as body`;
}

/** What reading a version brought, or why it could not be read. */
export type Result = { job: IngestJob; reading: Reading };

const idsOf = (results: readonly { job: IngestJob }[]) => results.map(({ job }) => job.documentId);
const versionsOf = (results: readonly { job: IngestJob }[]) =>
  results.map(({ job }) => job.version);
/** Of a file that cannot be read the words of its beginning. */
const wordsOf = (reading: Reading) =>
  reading.status === "ready" ? reading.text : reading.words ?? "";
const textOf = ({ reading }: Result) => wordsOf(reading).trim() === "" ? "" : wordsOf(reading);

const textStatusOf = (reading: Reading) =>
  wordsOf(reading).trim() === ""
    ? "none"
    : reading.status === "ready" && reading.recognized
    ? "recognized"
    : "extracted";

/** `keepsEarlier`: it failed, and what an earlier reading of the version found stays as it is. */
export type Finished<T> = T & { keepsEarlier: boolean };

/**
 * Writes down how the readings of one organization's versions went, in a few statements for however
 * many there are. The answer lacks those of which another run of the same job was first.
 */
export async function finish<T extends Result>(
  db: Db,
  organizationId: string,
  results: readonly T[],
  at: Date,
): Promise<Finished<T>[]> {
  const failed = results.filter(({ reading }) => reading.status === "failed");
  const isKept = failed.length === 0
    ? () => false
    : isAmong(await failAnew(db, organizationId, failed, at));
  const others = results.filter((one) => !isKept(one));
  const isFinished = isAmong(await finishFirst(db, organizationId, others, at));
  return results.flatMap((one): Finished<T>[] =>
    isKept(one)
      ? [{ ...one, keepsEarlier: true }]
      : isFinished(one)
      ? [{ ...one, keepsEarlier: false }]
      : []
  );
}

type Version = { documentId: string; version: number };

function isAmong(versions: readonly Version[]): (result: { job: IngestJob }) => boolean {
  const keys = new Set(versions.map(({ documentId, version }) => `${documentId} ${version}`));
  return ({ job }) => keys.has(`${job.documentId} ${job.version}`);
}

/** Only says that versions could not be read anew, of those that had been read before. */
async function failAnew(
  db: Db,
  organizationId: string,
  results: readonly Result[],
  at: Date,
): Promise<Version[]> {
  const ids = idsOf(results);
  const said = results.map(({ reading }) =>
    reading.status === "failed" ? `${reading.reason} ${reasons.keptEarlier}` : ""
  );
  return await db<Version[]>`
    update document_versions v
    set status = 'failed', failure_reason = r.reason, processed_at = ${at}
    from unnest(${ids}::uuid[], ${versionsOf(results)}::int[], ${said}::text[])
      as r(document_id, version, reason)
    where v.document_id = any(${ids}::uuid[]) and v.document_id = r.document_id
      and v.version = r.version and v.organization_id = ${organizationId}
      and v.status = 'processing' and v.was_read
    returning v.document_id, v.version`;
}

async function finishFirst(
  db: Db,
  organizationId: string,
  results: readonly Result[],
  at: Date,
): Promise<Version[]> {
  if (results.length === 0) return [];
  const rows = results.map(({ job: { documentId, version }, reading }) => ({
    documentId,
    version,
    status: reading.status,
    engine: reading.engine,
    engineVersion: reading.engineVersion,
    textStatus: textStatusOf(reading),
    seen: reading.seen ?? undefined,
    ...(reading.status === "failed" ? { reason: reading.reason, cut: [] } : {
      title: reading.title,
      author: reading.author,
      language: reading.language,
      structure: reading.recognized
        ? { ...reading.structure as object | undefined, recognized: reading.recognized }
        : reading.structure ?? undefined,
      cut: reading.cut ?? [],
    }),
  }));
  const ids = idsOf(results);
  // Found by their keys: a plan by organization would cost more with each document that it has.
  return await db<Version[]>`
    update document_versions v
    set status = r.status, failure_reason = r.reason, processed_at = ${at},
        text_status = r."textStatus",
        engine = r.engine, engine_version = r."engineVersion", seen_patient = r.seen,
        seen_title = r.title, seen_author = r.author, language = r.language,
        structure = r.structure, cut = r.cut
    from jsonb_to_recordset(${db.json(rows as never)}::jsonb) as r(
      "documentId" uuid, version int, status text, reason text, "textStatus" text, engine text,
      "engineVersion" text, seen jsonb, title text, author text, language text, structure jsonb,
      cut text[])
    where v.document_id = any(${ids}::uuid[]) and v.document_id = r."documentId"
      and v.version = r.version and v.organization_id = ${organizationId}
      and v.status = 'processing'
    returning v.document_id, v.version`;
}

/** Replaces texts and pictures of versions. */
export async function keepTexts(
  db: Db,
  organizationId: string,
  results: readonly Result[],
): Promise<void> {
  const [ids, versions] = [idsOf(results), versionsOf(results)];
  const pictures = results.flatMap(({ job: { documentId, version }, reading }) =>
    reading.status === "ready"
      ? (reading.renditions ?? []).map((picture) => ({ documentId, version, ...picture }))
      : []
  );
  await Promise.all([
    db`
      insert into document_texts (document_id, version, organization_id, text)
      select r.document_id, r.version, ${organizationId}::uuid, r.text
      from unnest(${ids}::uuid[], ${versions}::int[], ${results.map(textOf)}::text[])
        as r(document_id, version, text)
      where r.text <> '' or exists (
        select 1 from document_texts t
        where t.document_id = r.document_id and t.version = r.version)
      on conflict (document_id, version) do update set text = excluded.text`,
    db`
      delete from document_renditions d
      using unnest(${ids}::uuid[], ${versions}::int[]) as r(document_id, version)
      where d.document_id = any(${ids}::uuid[]) and d.document_id = r.document_id
        and d.version = r.version and d.organization_id = ${organizationId}`,
    ...pictures.map(({ documentId, version, name, mediaType, width, height, bytesBase64 }) =>
      db`
        insert into document_renditions
          (document_id, version, name, organization_id, media_type, width, height, bytes)
        values (${documentId}, ${version}, ${name}, ${organizationId}, ${mediaType}, ${width},
                ${height}, decode(${bytesBase64}, 'base64'))
        on conflict (document_id, version, name) do nothing`
    ),
  ]);
}

/** Documents have been looked into, as far as these are their present versions. */
export async function markChecked(
  db: Db,
  organizationId: string,
  jobs: readonly IngestJob[],
): Promise<void> {
  const ids = jobs.map(({ documentId }) => documentId);
  await db`
    update documents d set awaits_check = false
    where d.id = any(${ids}::uuid[]) and d.organization_id = ${organizationId}
      and d.awaits_check and exists (
        select 1 from unnest(${ids}::uuid[], ${jobs.map(({ version }) => version)}::int[])
          as r(document_id, version)
        where r.document_id = d.id and r.version = d.version)`;
}

/** For whom documents were filed whose present versions these are. */
export async function listFiledFor(
  db: Db,
  organizationId: string,
  jobs: readonly IngestJob[],
): Promise<Map<string, string>> {
  const rows = await db<{ id: string; version: number; patientId: string }[]>`
    select id, version, patient_id from documents
    where id = any(${jobs.map(({ documentId }) => documentId)}::uuid[])
      and organization_id = ${organizationId} and patient_id is not null`;
  const read = new Set(jobs.map(({ documentId, version }) => `${documentId} ${version}`));
  return new Map(
    rows.flatMap(({ id, version, patientId }) =>
      read.has(`${id} ${version}`) ? [[id, patientId] as const] : []
    ),
  );
}

/** `isNew`: of the document; `isChanged`: of a version that is not its first. */
export type Untold = Told & { requestId: string | null; isNew: boolean; isChanged: boolean };

/**
 * Marks those of these documents that nobody has been told of, in the order of their ids. One whose
 * present version is still to be looked into stays untold.
 */
export async function markTold(
  db: Db,
  organizationId: string,
  documentIds: readonly string[],
): Promise<Untold[]> {
  return await db<Untold[]>`
    with untold as (
      select id, not is_told as is_new, not is_version_told as is_changed from documents
      where id = any(${documentIds as string[]}::uuid[]) and organization_id = ${organizationId}
        and not (is_told and is_version_told) and not awaits_check
    ), told as (
      update documents d
      set is_told = true, is_version_told = true,
          is_chart_told = case when u.is_new then d.quarantine_reasons is null
                            else d.is_chart_told end
      from untold u
      where d.id = u.id and d.organization_id = ${organizationId}
      returning d.id, d.version, d.title, d.created_by, d.request_id, u.is_new, u.is_changed,
        case when d.quarantine_reasons is null then coalesce(d.filed_for, d.patient_id) end
          as patient_id
    )
    select d.id, d.version, v.kind, d.title, v.file_name, d.patient_id, d.created_by,
           d.request_id, d.is_new, d.is_changed
    from told d join document_versions v on v.document_id = d.id and v.version = d.version
    order by d.id`;
}

/** Documents whose present version was read, and of which nobody was told. */
export async function listUntold(
  db: Db,
  limit: number,
): Promise<{ organizationId: string; documentId: string }[]> {
  return await db<{ organizationId: string; documentId: string }[]>`
    select d.organization_id, d.id as document_id
    from documents d join document_versions v on v.document_id = d.id and v.version = d.version
    where not d.is_version_told and not d.awaits_check and v.status <> 'processing'
    order by d.organization_id, d.id limit ${limit}`;
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
