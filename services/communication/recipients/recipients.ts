/** What can be done with recipients and where they are reached. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { holdBack } from "../holds/holds.ts";
import { hashAddress } from "../sealing.ts";
import {
  type ContactPoint,
  type Guardians,
  type NewContactPoint,
  normalize,
  type Recipient,
  type RecipientInput,
} from "./model.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

const subjectOf = (id: string) => ({ type: "recipient", id });

export function toRecipient(row: store.RecipientRow): Recipient {
  const { id, kind, locale, timeZone, quietFrom, quietTo, channelOrder } = row;
  const quietHours = quietFrom && quietTo
    ? { from: quietFrom.slice(0, 5), to: quietTo.slice(0, 5) }
    : null;
  return { id, kind, locale, timeZone, quietHours, channelOrder };
}

export async function put(
  deps: Deps,
  actor: UserActor,
  recipient: RecipientInput,
  { requestId }: Request,
): Promise<Recipient> {
  const { organizationId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const id = await heirOf(tx, organizationId, recipient.id);
    await store.put(tx, organizationId, { ...recipient, id }, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "recipient.updated",
      subject: subjectOf(id),
      requestId,
    });
    return { ...recipient, id };
  });
}

/** Whoever took over from each of those who were merged, by their ids; the same for all others. */
export async function heirsOf(
  tx: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await store.listHeirs(tx, organizationId, ids);
  return new Map(rows.map(({ id, heir }) => [id, heir]));
}

export async function heirOf(tx: Db, organizationId: string, id: string): Promise<string> {
  return (await heirsOf(tx, organizationId, [id])).get(id) ?? id;
}

/** The recipient, or whoever took over. @throws Problem `recipient-not-found`. */
export async function mustKnow(tx: Db, organizationId: string, id: string): Promise<string> {
  const heir = await heirOf(tx, organizationId, id);
  if (!await store.find(tx, organizationId, heir)) throw problem("recipient-not-found");
  return heir;
}

export async function get(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: Request,
): Promise<{ recipient: Recipient; points: ContactPoint[] }> {
  const { organizationId } = actor;
  const found = await read(deps.sql, { organizationId }, async (tx) => {
    const heir = await mustKnow(tx, organizationId, id);
    const row = await store.find(tx, organizationId, heir);
    const points = await store.listPoints(tx, organizationId, heir);
    return { recipient: toRecipient(row!), points };
  });
  await deps.auditRead({
    actor,
    organizationId,
    action: "recipient.read",
    subject: subjectOf(id),
    requestId,
  });
  return found;
}

/** @throws Problem `invalid-request` for what is no address, or one that costs the writer. */
export async function addPoint(
  deps: Deps,
  actor: UserActor,
  { recipientId: named, point }: { recipientId: string; point: NewContactPoint },
  { requestId }: Request,
): Promise<ContactPoint> {
  const { organizationId } = actor;
  const { channel } = point;
  const normal = normalize(channel, point.address);
  if (!normal) {
    throw common("invalid-request", {
      errors: [{ pointer: "/address", detail: `This is no address for ${channel}.` }],
    });
  }
  const { address } = normal;
  const addressHash = hashAddress(deps.encryptionKey, { organizationId, channel, address });
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const recipientId = await mustKnow(tx, organizationId, named);
    if (channel === "push") {
      await store.removeFromOthers(tx, organizationId, { recipientId, addressHash });
    }
    const id = await store.putPoint(tx, organizationId, {
      id: newId(),
      recipientId,
      ...normal,
      channel,
      addressHash,
      state: point.isVerified ? "verified" : "unverified",
      at,
    });
    const points = await store.listPoints(tx, organizationId, recipientId);
    await record(tx, at, {
      actor,
      organizationId,
      action: "contact-point.added",
      subject: subjectOf(recipientId),
      requestId,
      details: { channel, isVerified: point.isVerified },
    });
    return points.find((one) => one.id === id)!;
  });
}

export async function removePoint(
  deps: Deps,
  actor: UserActor,
  { recipientId, id }: { recipientId: string; id: string },
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!await store.removePoint(tx, organizationId, recipientId, id)) {
      throw problem("contact-point-not-found");
    }
    await record(tx, deps.now(), {
      actor,
      organizationId,
      action: "contact-point.removed",
      subject: subjectOf(recipientId),
      requestId,
    });
  });
}

/** Who is told in this patient's place from now on; nobody in an empty list. */
export async function setGuardians(
  deps: Deps,
  actor: UserActor,
  { patientId: named, guardians: asked }: { patientId: string; guardians: Guardians["items"] },
  { requestId }: Request,
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await holdBack(tx, organizationId);
    const heirs = await heirsOf(tx, organizationId, [
      named,
      ...asked.map(({ guardianId }) => guardianId),
    ]);
    const patientId = heirs.get(named) ?? named;
    const guardians = asked.map(({ guardianId, endsAt }) => ({
      guardianId: heirs.get(guardianId) ?? guardianId,
      endsAt,
    }));
    const ids = guardians.map(({ guardianId }) => guardianId);
    const known = new Set(
      (await store.listKnown(tx, organizationId, [patientId, ...ids])).map(({ id }) => id),
    );
    if (!known.has(patientId)) throw problem("recipient-not-found");
    const wrong = ids.flatMap((id, at) =>
      known.has(id) && id !== patientId && ids.indexOf(id) === at ? [] : [at]
    );
    if (wrong.length > 0) {
      throw common("invalid-request", {
        errors: wrong.map((at) => ({
          pointer: `/items/${at}/guardianId`,
          detail: "This is nobody else who is known here.",
        })),
      });
    }
    const at = deps.now();
    await store.replaceGuardians(tx, organizationId, patientId, guardians, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "guardians.set",
      subject: subjectOf(patientId),
      requestId,
      details: { guardians: ids.length },
    });
  });
}

export {
  ensure,
  type GuardianRow,
  listAtAddress,
  listGuardians,
  listKnown,
  listReachable,
  markAddress,
} from "./store.ts";
