/** Where the state of a reading and the text it found are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { IngestJob, Kind, Reading } from "./model.ts";

export type Pending = { sha256: string; kind: Kind };

/** The version to be read, or undefined when that has been done. */
export async function findPending(
  db: Db,
  { organizationId, documentId, version }: IngestJob,
): Promise<Pending | undefined> {
  const [row] = await db<Pending[]>`
    select sha256, kind from document_versions
    where document_id = ${documentId} and organization_id = ${organizationId}
      and version = ${version} and status = 'processing'`;
  return row;
}

/** False when another run of the same job was first. */
export async function finish(
  db: Db,
  { organizationId, documentId, version }: IngestJob,
  reading: Reading,
  at: Date,
): Promise<boolean> {
  const text = reading.status === "ready" ? reading.text : "";
  const reason = reading.status === "failed" ? reading.reason : null;
  const { count } = await db`
    update document_versions
    set status = ${reading.status}, failure_reason = ${reason}, processed_at = ${at},
        text_status = ${text.trim() === "" ? "none" : "extracted"},
        engine = ${reading.engine}, engine_version = ${reading.engineVersion}
    where document_id = ${documentId} and organization_id = ${organizationId}
      and version = ${version} and status = 'processing'`;
  if (count === 0) return false;
  if (text.trim() !== "") {
    await db`
      insert into document_texts (document_id, version, organization_id, text)
      values (${documentId}, ${version}, ${organizationId}, ${text})
      on conflict (document_id, version) do update set text = excluded.text`;
  }
  return true;
}
