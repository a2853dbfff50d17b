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
import { problem } from "../problems.ts";

import { NoFields, UploadFields } from "../uploads/model.ts";
import * as uploads from "../uploads/uploads.ts";
import {
  type Document,
  type DocumentFilter,
  type DocumentVersion,
  matchesStrongly,
  type Range,
  tagOf,
} from "./model.ts";
import * as store from "./store.ts";

/** The request that someone makes: for the trail. */
export type Call = { actor: UserActor; requestId: string };

/** Files the one file of `request`. With a key, a repeated request files nothing new. */
export async function create(
  deps: Deps,
  { actor, requestId }: Call,
  request: Request,
  key: string | undefined,
): Promise<Document> {
  const { organizationId, userId } = actor;
  const { fileName, fields, file } = await uploads.receive(deps, request, UploadFields);
  try {
    const sha256 = file.digest();
    const { kind, mediaType } = kindOf(file.head());
    const fingerprint = createHash("sha256")
      .update(JSON.stringify([
        sha256,
        fileName,
        fields.title,
        fields.category,
        fields.patientId,
        fields.tags,
      ])).digest("hex");
    // Durable before the row that speaks of it; a file without a row harms nobody.
    await file.keep(organizationId);
    return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
      const { answer } = await once(tx, { actor, route: "document.create", key, fingerprint }, add);
      return answer;

      async function add(): Promise<Document> {
        const at = deps.now();
        const id = newId();
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
    });
  } finally {
    await file.discard();
  }
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
  filter: DocumentFilter,
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
