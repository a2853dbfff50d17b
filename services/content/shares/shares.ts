/** What can be done with shares: give one, take it back, read what is shared with you. */
import { record } from "@praxis/shared/audit";
import type { Actor, UserActor } from "@praxis/shared/auth";
import { type EventHandler, onEvent } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as documents from "../documents/documents.ts";
import type { DocumentVersion } from "../documents/model.ts";
import { problem } from "../problems.ts";
import { type NewShare, PatientUnlinked, type Share, type SharedDocument } from "./model.ts";
import * as store from "./store.ts";

type Call = documents.Call;

type Recorded = { actor: Actor; organizationId: string; requestId?: string; at: Date };

/** As much of a share as the audit says. */
export type Named = Pick<Share, "id" | "documentId" | "userId">;

/** Within `tx`. */
async function recordShares(
  tx: Db,
  { actor, organizationId, requestId, at }: Recorded,
  action: string,
  shares: readonly Named[],
): Promise<void> {
  const entries = shares.map(({ id, documentId, userId }) => ({
    actor,
    organizationId,
    action,
    subject: { type: "document", id: documentId },
    ...(requestId === undefined ? {} : { requestId }),
    details: { shareId: id, userId },
  }));
  if (entries.length > 0) await record(tx, at, ...entries);
}

/** Lets a user of the organization read the present version. @throws Problem `share-exists` */
export async function share(
  deps: Deps,
  { actor, requestId }: Call,
  documentId: string,
  { userId, expiresAt }: NewShare,
): Promise<Share> {
  const { organizationId } = actor;
  const { version } = await documents.findContent(deps, actor, documentId, undefined);
  const at = deps.now();
  return await transaction(deps.sql, { organizationId, userId: actor.userId }, async (tx) => {
    await store.endExpired(tx, { organizationId, documentId, userId, at });
    const added = await store.insert(tx, {
      id: newId(),
      organizationId,
      documentId,
      version,
      userId,
      purpose: "share",
      createdBy: actor.userId,
      expiresAt: expiresAt ?? null,
      at,
    });
    if (!added) throw problem("share-exists");
    await recordShares(tx, { actor, organizationId, requestId, at }, "document.shared", [added]);
    return added;
  });
}

/** Newest first; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  { actor, requestId }: Call,
  documentId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Share[]> {
  const { organizationId } = actor;
  await documents.findContent(deps, actor, documentId, undefined);
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, { organizationId, documentId }, before, limit + 1),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.shares_listed",
    subject: { type: "document", id: documentId },
    requestId,
  });
  return rows;
}

/** @throws Problem `share-not-found`, and `release-read`: what a patient has read stays theirs. */
export async function revoke(
  deps: Deps,
  { actor, requestId }: Call,
  { documentId, id }: { documentId: string; id: string },
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId, userId: actor.userId }, async (tx) => {
    const [found] = await store.lock(tx, organizationId, { ids: [id] });
    if (found?.documentId !== documentId) throw problem("share-not-found");
    await revokeWithin(tx, { actor, organizationId, requestId, at: deps.now() }, [found]);
  });
}

/** Takes locked shares back, all or none. @throws Problem `release-read` */
export async function revokeWithin(
  tx: Db,
  recorded: Recorded,
  shares: readonly Share[],
): Promise<void> {
  if (shares.some(({ purpose, firstReadAt }) => purpose === "release" && firstReadAt !== null)) {
    throw problem("release-read");
  }
  await store.revoke(tx, recorded.organizationId, shares.map(({ id }) => id), recorded.at);
  await recordShares(tx, recorded, "document.share_revoked", shares);
}

/** Of several shares; those that are not valid any more are left out. */
export const lockWithin = store.lock;

export async function restoreWithin(
  tx: Db,
  recorded: Recorded,
  shares: readonly Named[],
): Promise<void> {
  const ids = await store.restore(tx, recorded.organizationId, shares.map(({ id }) => id));
  const again = shares.filter(({ id }) => ids.includes(id));
  await recordShares(tx, recorded, "document.share_restored", again);
}

/** What a release has done: new shares, and those in whose place they are. */
export type Released = { added: string[]; ended: Named[] };

/**
 * Lets `userIds` read a version, as its patient. To whom it was released already is left as they
 * are; what else they had of the document (an older version, or for a time) ends with it.
 */
export async function releaseWithin(
  tx: Db,
  recorded: Recorded,
  { documentId, version, userIds, releasedBy }: {
    documentId: string;
    version: number;
    userIds: readonly string[];
    releasedBy: string;
  },
): Promise<Released> {
  const { organizationId, at } = recorded;
  const ended = (await store.lock(tx, organizationId, { documentId, userIds }))
    .filter((one) => one.purpose !== "release" || one.version !== version);
  await store.revoke(tx, organizationId, ended.map(({ id }) => id), at);
  await recordShares(tx, recorded, "document.share_revoked", ended);
  const added: Share[] = [];
  for (const userId of userIds) {
    const one = await store.insert(tx, {
      id: newId(),
      organizationId,
      documentId,
      version,
      userId,
      purpose: "release",
      createdBy: releasedBy,
      expiresAt: null,
      at,
    });
    if (one) added.push(one);
  }
  await recordShares(tx, recorded, "document.released_to_patient", added);
  return {
    added: added.map(({ id }) => id),
    ended: ended.map(({ id, documentId, userId }) => ({ id, documentId, userId })),
  };
}

/** What is shared with the caller, newest first; one more than `limit` when there are more. */
export async function listOwn(
  deps: Deps,
  { actor, requestId }: Call,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<(SharedDocument & { id: string })[]> {
  const { organizationId, userId } = actor;
  const reader = { organizationId, userId, at: deps.now() };
  const rows = await read(
    deps.sql,
    { organizationId, userId },
    (tx) => store.listShared(tx, reader, before, limit + 1),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "document.shared_listed",
    subject: { type: "user", id: userId },
    requestId,
    details: { count: Math.min(rows.length, limit) },
  });
  return rows;
}

/**
 * The bytes of what is shared with the caller. That they were read is committed before they leave:
 * from then on a release is final. @throws Problem `document-not-found`
 */
export async function openOwn(
  deps: Deps,
  call: Call,
  documentId: string,
): Promise<{ content: DocumentVersion; bytes: ReadableStream<Uint8Array<ArrayBuffer>> | null }> {
  const { organizationId, userId } = call.actor;
  const reader: UserActor = call.actor;
  const version = await transaction(
    deps.sql,
    { organizationId, userId },
    (tx) => store.markRead(tx, { organizationId, userId, at: deps.now() }, documentId),
  );
  if (version === undefined) throw problem("document-not-found");
  const content = await documents.findContent(deps, reader, documentId, version);
  const whole = { start: 0, end: content.size - 1 };
  const bytes = await documents.readContent(deps, call, documentId, content, whole);
  return { content, bytes };
}

/**
 * Ends what was released to a user as a patient whom they no longer are, read or not. A user is one
 * patient at a time: what was released until then ends also where a merge, heard of later, has the
 * document under another id as yet.
 */
async function endReleases(
  tx: Db,
  recorded: Recorded,
  { patientId, userId }: PatientUnlinked,
  unlinkedAt: Date,
): Promise<void> {
  const { organizationId, at } = recorded;
  const released = (await store.lock(tx, organizationId, { userId, at }))
    .filter(({ purpose }) => purpose === "release");
  const ids = released.map(({ documentId }) => documentId);
  const patientOf = new Map(
    (await documents.findAll(tx, organizationId, ids)).map((one) => [one.id, one.patientId]),
  );
  const ended = released.filter(({ documentId, createdAt }) =>
    new Date(createdAt) <= unlinkedAt || patientOf.get(documentId) === patientId
  );
  await store.revoke(tx, organizationId, ended.map(({ id }) => id), at);
  await recordShares(tx, recorded, "document.share_revoked", ended);
}

/**
 * Within the transaction that undoes a merge: whose a document was, who released it then could not
 * know. It ends for the right patient, too, to whom it can be released again.
 */
export async function endReleasedMeanwhile(
  tx: Db,
  recorded: Recorded,
  mergeId: string,
): Promise<void> {
  const { organizationId, at } = recorded;
  const ended = await store.lockReleasedMeanwhile(tx, { organizationId, mergeId });
  await store.revoke(tx, organizationId, ended.map(({ id }) => id), at);
  await recordShares(tx, recorded, "document.share_revoked", ended);
}

export const shareHandlers = (deps: Deps): Record<string, EventHandler> => ({
  "patient.unlinked": onEvent({
    source: "practice",
    versions: [1],
    data: PatientUnlinked,
    apply: (tx, event, unlinked) => {
      const recorded: Recorded = {
        actor: { kind: "service", service: event.source.slice(1) },
        organizationId: event.organizationid,
        ...(event.requestid === undefined ? {} : { requestId: event.requestid }),
        at: deps.now(),
      };
      return endReleases(tx, recorded, unlinked, new Date(event.time));
    },
  }),
});
