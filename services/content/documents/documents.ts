/** What can be done with documents that are filed: read them, release them, have them read again. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { publish } from "@praxis/shared/events";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { documentCreated, documentVersionAdded } from "../events.ts";
import * as indexing from "../indexing/indexing.ts";
import * as ingestion from "../ingestion/ingestion.ts";
import * as patients from "../patients/patients.ts";
import { problem } from "../problems.ts";
import { open } from "./bytes.ts";
import {
  type Document,
  type DocumentText,
  type DocumentVersion,
  factOf,
  type ListFilter,
  type Range,
  type Structure,
  TEXT_PAGE_CHARS,
} from "./model.ts";
import { type Call, get } from "./getting.ts";
import * as store from "./store.ts";

export type { Call } from "./getting.ts";
export { add, create, fileAll, type NewMessage, replaceContent } from "./filing.ts";

/** Those of `ids` that the organization has, in no particular order. */
export const findAll = (db: Db, organizationId: string, ids: string[]): Promise<Document[]> =>
  store.findAll(db, organizationId, ids);

/** Newest first; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  { actor, requestId }: Call,
  filter: ListFilter,
  before: store.Before | undefined,
  limit: number,
): Promise<Document[]> {
  const { organizationId } = actor;
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, before, limit + 1),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.listed",
    subject: filter.patientId === undefined
      ? { type: "document" }
      : { type: "patient", id: filter.patientId },
    requestId,
    details: { count: Math.min(rows.length, limit) },
  });
  return rows;
}

export async function show(deps: Deps, { actor, requestId }: Call, id: string): Promise<Document> {
  const { organizationId } = actor;
  const document = await read(
    deps.sql,
    { organizationId },
    (tx) => get(tx, { organizationId, id }),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.read",
    subject: { type: "document", id },
    requestId,
    details: { version: document.version },
  });
  return document;
}

export async function listVersions(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
  before: number | undefined,
  limit: number,
): Promise<DocumentVersion[]> {
  const { organizationId } = actor;
  const key = { organizationId, id };
  const rows = await read(deps.sql, { organizationId }, async (tx) => {
    await get(tx, key);
    return await store.listVersions(tx, key, before, limit + 1);
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.versions_listed",
    subject: { type: "document", id },
    requestId,
    details: { count: Math.min(rows.length, limit) },
  });
  return rows;
}

/** One version, or the present one. @throws document-not-found, version-not-found */
export async function findContent(
  deps: Deps,
  { organizationId }: UserActor,
  id: string,
  version: number | undefined,
): Promise<DocumentVersion> {
  const key = { organizationId, id };
  return await read(deps.sql, { organizationId }, async (tx) => {
    const document = await get(tx, key);
    const content = await store.findVersion(tx, key, version ?? document.version);
    if (!content) throw problem("version-not-found");
    return content;
  });
}

/** Opens the bytes of a version and records that they were read; `range` undefined: no bytes. */
export async function readContent(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
  { version, sha256 }: DocumentVersion,
  range: Range | undefined,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | null> {
  const { organizationId } = actor;
  const bytes = range ? await open(deps, { organizationId, id }, { version, sha256 }, range) : null;
  try {
    await deps.auditRead({
      actor,
      organizationId,
      action: "document.content_read",
      subject: { type: "document", id },
      requestId,
      details: { version, ...(range ? { from: range.start, to: range.end } : { bytes: 0 }) },
    });
  } catch (error) {
    await bytes?.cancel();
    throw error;
  }
  return bytes;
}

/** What reading found in the present version. */
export async function readStructure(deps: Deps, call: Call, id: string): Promise<Structure> {
  const { version, kind } = await show(deps, call, id);
  const { organizationId } = call.actor;
  const structure = await read(
    deps.sql,
    { organizationId },
    (tx) => store.findStructure(tx, { organizationId, id }, version),
  );
  return { documentId: id, version, kind, structure };
}

/** A piece of the present version's text, from character `offset` on. */
export async function readText(
  deps: Deps,
  call: Call,
  id: string,
  offset: number,
): Promise<DocumentText> {
  const { version } = await show(deps, call, id);
  const { organizationId } = call.actor;
  const key = { organizationId, id };
  return await read(deps.sql, { organizationId }, async (tx) => {
    const about = await store.findVersion(tx, key, version);
    const found = [...await store.findText(tx, key, version, { offset, chars: TEXT_PAGE_CHARS })];
    return {
      documentId: id,
      version,
      engine: about?.engine ?? null,
      engineVersion: about?.engineVersion ?? null,
      text: found.slice(0, TEXT_PAGE_CHARS).join(""),
      nextOffset: found.length > TEXT_PAGE_CHARS ? offset + TEXT_PAGE_CHARS : null,
    };
  });
}

/** A picture of the present version. @throws document-not-found, rendition-not-found */
export async function readRendition(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
  name: string,
): Promise<store.Picture> {
  const { organizationId } = actor;
  const key = { organizationId, id };
  const { picture, version } = await read(deps.sql, { organizationId }, async (tx) => {
    const { version } = await get(tx, key);
    return { picture: await store.findRendition(tx, key, version, name), version };
  });
  if (!picture) throw problem("rendition-not-found");
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.rendition_read",
    subject: { type: "document", id },
    requestId,
    details: { version, name },
  });
  return picture;
}

/**
 * Says that a document in quarantine is the patient's for whom it was filed.
 * @throws not-in-quarantine; still-processing: nobody has seen what its present version holds
 */
export async function release(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
  reason: string,
): Promise<Document> {
  const { organizationId, userId } = actor;
  const key = { organizationId, id };
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const at = deps.now();
    const { quarantineReasons } = await get(tx, key);
    const released = await store.release(tx, key, { at, userId });
    const document = await get(tx, key);
    const { patientId, seenPatient: seen } = document;
    if (!released || patientId === null) throw problem("not-in-quarantine");
    if (document.status === "processing") throw problem("still-processing");
    await patients.learn(tx, { organizationId, patientId, documentId: id, seen, at });
    await indexing.place(tx, { organizationId, documentId: id });
    const fact = {
      ...factOf({ ...document, patientId: released.filedFor }, organizationId, at),
      requestId,
    };
    // So far they were told of a document that is in no chart.
    if (!released.isChartTold) await publish(tx, documentCreated, fact);
    if (document.version > 1 && released.isVersionTold) {
      await publish(tx, documentVersionAdded, fact);
    }
    await record(tx, at, {
      actor,
      organizationId,
      action: "document.released",
      subject: { type: "document", id },
      requestId,
      // The reason is free text and may speak of a patient: it stands in no trail.
      details: { disagreements: quarantineReasons, reasonChars: reason.length },
    });
    return document;
  });
}

/** Has the present version read again. @throws still-processing */
export async function reprocess(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
): Promise<Document> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const { version } = await get(tx, { organizationId, id });
    const job = { organizationId, documentId: id, version };
    if (!await reopen(deps, tx, job)) throw problem("still-processing");
    const document = await get(tx, { organizationId, id });
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "document.reprocessed",
      subject: { type: "document", id },
      requestId,
      details: { version },
    });
    return document;
  });
}

async function reopen(deps: Deps, tx: Db, job: ingestion.IngestJob): Promise<boolean> {
  const { organizationId, documentId: id, version } = job;
  const isReopened = await store.reopen(tx, { organizationId, id }, version);
  if (isReopened) await ingestion.enqueue(deps, tx, job);
  return isReopened;
}

/** So many documents are queued again by one request. */
const REPROCESS_MAX = 1_000;

/** Has the documents that one version of an engine has read be read again. */
export async function reprocessAll(
  deps: Deps,
  { actor, requestId }: Call,
  by: { engine: string; engineVersion: string },
): Promise<{ queued: number; more: boolean }> {
  const { organizationId, userId } = actor;
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const found = await ingestion.listReadBy(tx, organizationId, by, REPROCESS_MAX + 1);
    let queued = 0;
    for (const job of found.slice(0, REPROCESS_MAX)) {
      if (await reopen(deps, tx, job)) queued++;
    }
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "document.reprocessed_by_engine",
      subject: { type: "document" },
      requestId,
      details: { ...by, queued },
    });
    return { queued, more: found.length > REPROCESS_MAX };
  });
}
