/** What can be done with documents: file one, replace its content, read it. */
import { createHash } from "node:crypto";
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { documentCreated, documentVersionAdded } from "../events.ts";
import { kindOf } from "../ingestion/model.ts";
import * as indexing from "../indexing/indexing.ts";
import * as ingestion from "../ingestion/ingestion.ts";
import * as patients from "../patients/patients.ts";
import { problem } from "../problems.ts";
import type { Incoming } from "../storage/storage.ts";
import { NoFields, UploadFields } from "../uploads/model.ts";
import * as uploads from "../uploads/uploads.ts";
import {
  type Document,
  type DocumentText,
  type DocumentVersion,
  type ListFilter,
  matchesStrongly,
  type Range,
  type Structure,
  tagOf,
  TEXT_PAGE_CHARS,
} from "./model.ts";
import * as store from "./store.ts";

/** The request that someone makes: for the trail. */
export type Call = { actor: UserActor; requestId: string };

type NewFile = { fileName: string; file: Incoming; fields: UploadFields };

/** Files the one file of `request`. With a key, a repeated request files nothing new. */
export async function create(
  deps: Deps,
  call: Call,
  request: Request,
  key: string | undefined,
): Promise<Document> {
  const { actor } = call;
  const { organizationId, userId } = actor;
  const upload = await uploads.receive(deps, request, UploadFields);
  const { fileName, fields, file } = upload;
  try {
    const fingerprint = createHash("sha256")
      .update(JSON.stringify([
        file.digest(),
        fileName,
        fields.title,
        fields.category,
        fields.patientId,
        fields.tags,
      ])).digest("hex");
    // Durable before the row that speaks of it; a file without a row harms nobody.
    await file.keep(organizationId);
    return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
      const { answer } = await once(
        tx,
        { actor, route: "document.create", key, fingerprint },
        () => add(deps, call, tx, newId(), upload),
      );
      return answer;
    });
  } finally {
    await file.discard();
  }
}

/** Rows, event and audit of a new document whose file is kept. Last in its transaction. */
async function add(
  deps: Deps,
  { actor, requestId }: Call,
  tx: Db,
  id: string,
  { fileName, fields, file }: NewFile,
): Promise<Document> {
  const { organizationId, userId } = actor;
  const { kind, mediaType } = kindOf(file.head());
  const sha256 = file.digest();
  const at = deps.now();
  const document: store.NewDocument = {
    id,
    organizationId,
    title: fields.title ?? fileName,
    category: fields.category ?? null,
    patientId: fields.patientId ?? null,
    tags: fields.tags ?? [],
  };
  await store.insert(tx, document, {
    documentId: id,
    version: 1,
    organizationId,
    fileName,
    mediaType,
    size: file.size,
    sha256,
    kind,
    createdAt: at,
    createdBy: userId,
  });
  const created = await get(tx, { organizationId, id });
  await indexing.index(tx, { organizationId, documentId: id, version: 1 });
  await ingestion.enqueue(deps, tx, { organizationId, documentId: id, version: 1 });
  await publish(tx, documentCreated, factOf(created, { actor, requestId }, at));
  await record(tx, at, {
    actor,
    organizationId,
    action: "document.created",
    subject: { type: "document", id },
    requestId,
    details: { version: 1, kind, size: created.size, sha256 },
  });
  return created;
}

/** Files a kept file if `claim` says that nobody has done so before; else undefined. */
export async function fileOnce(
  deps: Deps,
  call: Call,
  upload: NewFile,
  claim: (tx: Db, documentId: string) => Promise<boolean>,
): Promise<Document | undefined> {
  const { organizationId, userId } = call.actor;
  const id = newId();
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    if (!await claim(tx, id)) return undefined;
    return await add(deps, call, tx, id, upload);
  });
}

function factOf(document: Document, { actor, requestId }: Call, at: Date) {
  return {
    source: "content",
    organizationId: actor.organizationId,
    subject: document.id,
    at,
    requestId,
    data: {
      documentId: document.id,
      version: document.version,
      kind: document.kind,
      title: document.title,
      fileName: document.fileName,
      patientId: document.patientId,
      createdBy: actor.userId,
    },
  };
}

/** @throws document-not-found, for another organization's document as well. */
async function get(db: Db, key: store.Key): Promise<Document> {
  const document = await store.find(db, key);
  if (!document) throw problem("document-not-found");
  return document;
}

/** Those of `ids` that the organization has, in no particular order. */
export const findAll = (db: Db, organizationId: string, ids: string[]): Promise<Document[]> =>
  store.findAll(db, organizationId, ids);

/** Makes the file of `request` the next version, if the caller knows the present one. */
export async function replaceContent(
  deps: Deps,
  { actor, requestId }: Call,
  id: string,
  request: Request,
  ifMatch: string | undefined,
): Promise<Document> {
  const { organizationId, userId } = actor;
  const scope = { organizationId, userId };
  const key = { organizationId, id };
  // Asked before the upload, so that nobody sends 200 MB in vain; settled by `addVersion`.
  const present = await read(deps.sql, scope, (tx) => get(tx, key));
  if (ifMatch === undefined) throw problem("if-match-missing");
  if (!matchesStrongly(ifMatch, tagOf(present))) throw problem("version-stale");
  const { fileName, file } = await uploads.receive(deps, request, NoFields);
  try {
    const sha256 = file.digest();
    const { kind, mediaType } = kindOf(file.head());
    await file.keep(organizationId);
    return await transaction(deps.sql, scope, async (tx) => {
      const at = deps.now();
      const version = present.version + 1;
      const added = await store.addVersion(tx, {
        documentId: id,
        version,
        organizationId,
        fileName,
        mediaType,
        size: file.size,
        sha256,
        kind,
        createdAt: at,
        createdBy: userId,
      });
      if (!added) throw problem("version-stale");
      const document = await get(tx, key);
      await indexing.index(tx, { organizationId, documentId: id, version });
      await ingestion.enqueue(deps, tx, { organizationId, documentId: id, version });
      await publish(tx, documentVersionAdded, factOf(document, { actor, requestId }, at));
      await record(tx, at, {
        actor,
        organizationId,
        action: "document.version_added",
        subject: { type: "document", id },
        requestId,
        details: { version, kind, size: document.size, sha256 },
      });
      return document;
    });
  } finally {
    await file.discard();
  }
}

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
  const bytes = range ? await deps.storage.open(organizationId, sha256, range) : null;
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

/** Says that a document in quarantine is the patient's for whom it was filed. */
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
    const { quarantineReasons, patientId, seenPatient: seen } = await get(tx, key);
    if (!await store.release(tx, key, { at, userId }) || patientId === null) {
      throw problem("not-in-quarantine");
    }
    await patients.learn(tx, { organizationId, patientId, documentId: id, seen, at });
    await indexing.place(tx, { organizationId, documentId: id });
    const document = await get(tx, key);
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
