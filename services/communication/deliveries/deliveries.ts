/** What can be done with messages and their deliveries. */
import { record } from "@praxis/shared/audit";
import type { ServiceActor, UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import type { Channel } from "../providers/model.ts";
import * as recipients from "../recipients/recipients.ts";
import { seal } from "../sealing.ts";
import * as templates from "../templates/templates.ts";
import { type DeliveryDetail, lifetime, type MessageView, type NewMessage } from "./model.ts";
import { move } from "./sending.ts";
import * as store from "./store.ts";

type Sender = {
  actor: UserActor | ServiceActor;
  organizationId: string;
  requestId: string;
};

const DEFAULT_ORDER: readonly Channel[] = ["push", "email", "sms", "in_app"];

type Addressee = { recipientId: string; onBehalfOf: string | null };
type Wanted = NewMessage["recipients"];

/** Patients who have guardians are told through them. */
function addresseesOf(
  wanted: Wanted,
  guardians: readonly recipients.GuardianRow[],
  now: Date,
): Addressee[] {
  const all = wanted.flatMap(({ id }): Addressee[] => {
    const theirs = guardians.filter(({ patientId, endsAt }) =>
      patientId === id && (endsAt === null || endsAt > now)
    );
    return theirs.length === 0
      ? [{ recipientId: id, onBehalfOf: null }]
      : theirs.map(({ guardianId }) => ({ recipientId: guardianId, onBehalfOf: id }));
  });
  // Somebody who is asked for twice is told once.
  const keys = all.map(({ recipientId, onBehalfOf }) => `${recipientId} ${onBehalfOf}`);
  return all.filter((_, at) => keys.indexOf(keys[at]!) === at);
}

async function plan(
  deps: Deps,
  tx: Db,
  organizationId: string,
  { recipients: wanted, channels, mode }: NewMessage,
  available: readonly Channel[],
): Promise<store.NewDelivery[]> {
  const now = deps.now();
  const users = wanted.filter(({ kind }) => kind === "user");
  if (users.length > 0) await recipients.ensure(tx, organizationId, users, now);
  const ids = wanted.map(({ id }) => id);
  const about = (of: string[]) =>
    Promise.all([
      recipients.listKnown(tx, organizationId, of),
      recipients.listReachable(tx, organizationId, of),
    ]);
  const [guardians, [known, reachable]] = await Promise.all([
    recipients.listGuardians(tx, organizationId, ids),
    about(ids),
  ]);
  const addressees = addresseesOf(wanted, guardians, now);
  const others = addressees.map(({ recipientId }) => recipientId).filter((id) => !ids.includes(id));
  if (others.length > 0) {
    const [more, reached] = await about([...new Set(others)]);
    known.push(...more);
    reachable.push(...reached);
  }
  const unknown = ids.flatMap((id, at) => known.some((one) => one.id === id) ? [] : [at]);
  if (unknown.length > 0) {
    throw common("invalid-request", {
      errors: unknown.map((at) => ({
        pointer: `/recipients/${at}/id`,
        detail: "Nobody with this id is known here.",
      })),
    });
  }
  return addressees.flatMap(({ recipientId, onBehalfOf }): store.NewDelivery[] => {
    const { kind, channelOrder } = known.find(({ id }) => id === recipientId)!;
    const order = channels ?? [...new Set([...(channelOrder ?? []), ...DEFAULT_ORDER])];
    const possible = order.filter((channel) => available.includes(channel));
    const works = possible.filter((channel) =>
      channel === "in_app"
        ? kind === "user"
        : reachable.some((one) => one.recipientId === recipientId && one.channel === channel)
    );
    // Without any address the first gate says so, where everybody can see it.
    const [first = "email", ...rest] = works.length > 0 ? works : possible.slice(0, 1);
    const base = { recipientId, onBehalfOf };
    return mode === "first"
      ? [{ ...base, id: newId(), channel: first, nextChannels: rest }]
      : [first, ...rest].map((channel) => ({ ...base, id: newId(), channel, nextChannels: [] }));
  });
}

/** Within `tx`: from its commit on the message is on its way, whatever dies. */
async function accept(
  deps: Deps,
  tx: Db,
  { actor, organizationId, requestId }: Sender,
  input: NewMessage,
): Promise<MessageView> {
  const at = deps.now();
  const template = await templates.findPublished(tx, organizationId, input.template);
  if (!template) {
    throw common("invalid-request", {
      errors: [{ pointer: "/template", detail: "No such template is published." }],
    });
  }
  const errors = templates.checkData(template.variables, input.data);
  const life = lifetime(input, at);
  if (!life) errors.push({ pointer: "/expiresAt", detail: "This leaves no time, or too much." });
  const available = templates.channelsOf(template);
  if (input.channels && !input.channels.some((channel) => available.includes(channel))) {
    errors.push({ pointer: "/channels", detail: "The template has no words for these." });
  }
  if (errors.length > 0 || !life) throw common("invalid-request", { errors });
  const id = newId();
  const { subject, dedupeKey } = input;
  const isNew = await store.insertMessage(tx, {
    id,
    organizationId,
    category: template.category,
    template: template.key,
    sealedData: seal(deps.encryptionKey, "message-data", id, JSON.stringify(input.data)),
    subject,
    dedupeKey,
    expiresAt: life.expiresAt,
    createdBy: actor.kind === "user" ? actor.userId : actor.service,
    requestId,
    at,
  });
  if (!isNew) {
    return (await store.findMessage(tx, organizationId, { dedupeKey: dedupeKey! }))!;
  }
  const deliveries = await plan(deps, tx, organizationId, input, available);
  const place = { organizationId, messageId: id, dueAt: life.dueAt, at };
  await store.insertDeliveries(tx, place, deliveries);
  await record(tx, at, {
    actor,
    organizationId,
    action: "message.requested",
    subject: { type: "message", id },
    requestId,
    details: { template: template.key, deliveries: deliveries.length },
  });
  const time = at.toISOString();
  return {
    id,
    category: template.category,
    template: template.key,
    subject: subject ?? null,
    expiresAt: life.expiresAt.toISOString(),
    createdAt: time,
    cancelledAt: null,
    deliveries: deliveries.map(({ nextChannels: _, ...delivery }) => ({
      ...delivery,
      messageId: id,
      state: "queued" as const,
      reason: null,
      dueAt: life.dueAt.toISOString(),
      attempts: 0,
      level: null,
      updatedAt: time,
    })),
  };
}

export async function request(
  deps: Deps,
  actor: UserActor,
  input: NewMessage,
  { requestId, idempotencyKey }: { requestId: string; idempotencyKey: string | undefined },
): Promise<MessageView> {
  const { organizationId } = actor;
  const sender = { actor, organizationId, requestId };
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(JSON.stringify(input)),
  );
  const repeatable = {
    actor,
    route: "message.request",
    key: idempotencyKey,
    fingerprint: new Uint8Array(digest).toHex(),
  };
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const { answer } = await once(tx, repeatable, () => accept(deps, tx, sender, input));
    return answer;
  });
}

/** For another service; it repeats itself by `dedupeKey`. */
export async function requestByService(
  deps: Deps,
  sender: Sender,
  input: NewMessage,
): Promise<MessageView> {
  const { organizationId } = sender;
  return await transaction(
    deps.sql,
    { organizationId },
    (tx) => accept(deps, tx, sender, input),
  );
}

export async function getMessage(
  deps: Deps,
  organizationId: string,
  id: string,
): Promise<MessageView> {
  const message = await read(
    deps.sql,
    { organizationId },
    (tx) => store.findMessage(tx, organizationId, { id }),
  );
  if (!message) throw problem("message-not-found");
  return message;
}

export async function getDelivery(
  deps: Deps,
  organizationId: string,
  id: string,
): Promise<z.input<typeof DeliveryDetail>> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const delivery = await store.find(tx, organizationId, id);
    if (!delivery) throw problem("delivery-not-found");
    const [attempts, events] = await Promise.all([
      store.listAttempts(tx, id),
      store.listEvents(tx, organizationId, id),
    ]);
    return {
      ...delivery,
      history: attempts.map(({ startedAt, endedAt, ...attempt }) => ({
        ...attempt,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt?.toISOString() ?? null,
      })),
      events: events.map(({ type, at }) => ({ type, at: at.toISOString() })),
    };
  });
}

export async function cancel(
  deps: Deps,
  actor: UserActor,
  id: string,
  { requestId }: { requestId: string },
): Promise<MessageView> {
  const { organizationId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const stopped = await store.cancel(tx, organizationId, id, at);
    if (stopped === undefined) throw problem("message-not-found");
    if (stopped === 0) throw problem("message-not-cancellable");
    const message = await store.findMessage(tx, organizationId, { id });
    await record(tx, at, {
      actor,
      organizationId,
      action: "message.cancelled",
      subject: { type: "message", id },
      requestId,
      details: { stopped },
    });
    return message!;
  });
}

/** Stops all that waits to be said about one thing; returns how many deliveries. */
export async function cancelSubject(
  deps: Deps,
  { actor, organizationId, requestId }: Sender,
  subject: { type: string; id: string },
): Promise<number> {
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const stopped = await store.cancelSubject(tx, organizationId, subject, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "message.cancelled",
      subject,
      requestId,
      details: { stopped },
    });
    return stopped;
  });
}

/** What has failed, or is held because nobody knows: a person decides. */
export async function decide(
  deps: Deps,
  actor: UserActor,
  { id, isSent, reason }: { id: string; isSent: boolean; reason: string },
  { requestId }: { requestId: string },
): Promise<void> {
  const { organizationId } = actor;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const pending = await store.findPending(tx, { id, organizationId }, at);
    if (!pending) throw problem("delivery-not-found");
    const done = isSent
      ? await move(tx, organizationId, pending, ["held"], { state: "accepted", at })
      : await store.advance(tx, id, ["held", "failed"], {
        state: "queued",
        reason: "retried",
        dueAt: at,
        at,
      });
    if (!done) throw problem("delivery-not-waiting");
    const last = (await store.listAttempts(tx, id)).at(-1);
    if (last?.outcome === "ambiguous") {
      const settled = isSent ? "accepted" : "not_accepted";
      await store.settleAttempt(tx, { deliveryId: id, n: last.n, settled });
    }
    if (!isSent) await store.notifyWorkers(tx);
    await record(tx, at, {
      actor,
      organizationId,
      action: isSent ? "delivery.resolved" : "delivery.retried",
      subject: { type: "delivery", id },
      requestId,
      details: { reasonLength: reason.length },
    });
  });
}

export { list } from "./store.ts";
export { drainDeliveries, startWorker, type Worker } from "./worker.ts";
export { move } from "./sending.ts";
