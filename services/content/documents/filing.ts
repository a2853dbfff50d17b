/** How documents come in: a file with its fields, a new version of one, messages by the hundred. */
import { createHash } from "node:crypto";
import { type AuditEntry, record } from "@praxis/shared/audit";
import type { Actor } from "@praxis/shared/auth";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { documentCreated, documentVersionAdded } from "../events.ts";
import * as indexing from "../indexing/indexing.ts";
import * as ingestion from "../ingestion/ingestion.ts";
import { HL7_MEDIA_TYPE, kindOf } from "../ingestion/model.ts";
import { problem } from "../problems.ts";
import type { Incoming } from "../storage/storage.ts";
import { NoFields, UploadFields } from "../uploads/model.ts";
import * as uploads from "../uploads/uploads.ts";
import { type Call, get } from "./getting.ts";
import { type Document, factOf, matchesStrongly, tagOf } from "./model.ts";
import * as store from "./store.ts";

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
        () => add(deps, { ...call, organizationId, createdBy: userId }, tx, newId(), upload),
      );
      return answer;
    });
  } finally {
    await file.discard();
  }
}

/** Who files: a user, or a service for whoever answers for it. */
type Filer = {
  actor: Actor;
  organizationId: string;
  createdBy: string;
  requestId: string;
};

/** Rows, job, audit and perhaps event of a new document whose file is kept. Last in its transaction. */
export async function add(
  deps: Deps,
  { actor, organizationId, createdBy, requestId }: Filer,
  tx: Db,
  id: string,
  { fileName, fields, file }: NewFile,
): Promise<Document> {
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
    createdBy,
    requestId,
  });
  const created = await get(tx, { organizationId, id });
  await indexing.index(tx, organizationId, [{ documentId: id, version: 1 }]);
  await ingestion.enqueue(deps, tx, { organizationId, documentId: id, version: 1 });
  // Of what is filed for a patient they are told when it has been read: it may be somebody else's.
  if (document.patientId === null) {
    await publish(tx, documentCreated, { ...factOf(created, organizationId, at), requestId });
  }
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

/** A message that came in by itself: its bytes are kept already, unless they are `body`. */
export type NewMessage = {
  call: Call;
  id: string;
  fileName: string;
  size: number;
  sha256: string;
  body: Uint8Array | null;
};

/**
 * Files messages of one organization, all or none, and writes `also` to the trail with them: a few
 * statements for however many there are, sent without waiting for each other's answers. Last in its
 * transaction. The other services are told once the messages have been read.
 */
export async function fileAll(
  deps: Deps,
  tx: Db,
  organizationId: string,
  messages: readonly NewMessage[],
  also: readonly AuditEntry[],
): Promise<void> {
  const at = deps.now();
  const filed = messages.length === 0 ? [] : [
    store.insertMessages(
      tx,
      organizationId,
      messages.map(({ call, ...message }) => ({
        ...message,
        mediaType: HL7_MEDIA_TYPE,
        createdBy: call.actor.userId,
      })),
      at,
    ),
    indexing.indexNew(
      tx,
      organizationId,
      messages.map(({ id, fileName }) => ({ documentId: id, fileName })),
      { kind: "hl7v2", createdAt: at },
    ),
    ingestion.enqueueMessages(deps, tx, organizationId, messages),
  ];
  const entries = [...messages.map((message) => entryOf(message, organizationId)), ...also];
  await Promise.all([...filed, ...(entries.length === 0 ? [] : [record(tx, at, ...entries)])]);
}

const entryOf = (
  { call, id, size, sha256 }: NewMessage,
  organizationId: string,
): AuditEntry => ({
  actor: call.actor,
  organizationId,
  action: "document.created",
  subject: { type: "document", id },
  requestId: call.requestId,
  details: { version: 1, kind: "hl7v2", size, sha256 },
});

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
        requestId,
      });
      if (!added) throw problem("version-stale");
      const document = await get(tx, key);
      await indexing.index(tx, organizationId, [{ documentId: id, version }]);
      await ingestion.enqueue(deps, tx, { organizationId, documentId: id, version });
      if (document.patientId === null) {
        await publish(tx, documentVersionAdded, {
          ...factOf(document, organizationId, at),
          requestId,
        });
      }
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
