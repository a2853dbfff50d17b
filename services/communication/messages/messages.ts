/** What can be done with messages. */
import { record } from "@praxis/shared/audit";
import type { ServiceActor, UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as deliveries from "../deliveries/deliveries.ts";
import type { Deps } from "../deps.ts";
import { holdBack } from "../holds/holds.ts";
import { problem } from "../problems.ts";
import { rulesOf } from "../preferences/model.ts";
import type { Channel } from "../providers/model.ts";
import * as recipients from "../recipients/recipients.ts";
import { seal } from "../sealing.ts";
import * as templates from "../templates/templates.ts";
import { lifetime, type MessageView, type NewMessage } from "./model.ts";
import * as store from "./store.ts";

type Sender = {
  actor: UserActor | ServiceActor;
  organizationId: string;
  requestId: string;
};

type Test = { version: number; locale: string | undefined };

async function find(
  tx: Db,
  organizationId: string,
  by: { id: string } | { dedupeKey: string },
): Promise<MessageView | undefined> {
  const message = await store.find(tx, organizationId, by);
  return message && {
    ...message,
    deliveries: await deliveries.listOfMessage(tx, organizationId, message.id),
  };
}

/** Within `tx`: from its commit on the message is on its way, whatever dies. */
async function accept(
  deps: Deps,
  tx: Db,
  { actor, organizationId, requestId }: Sender,
  input: NewMessage,
  test?: Test,
): Promise<MessageView> {
  const at = deps.now();
  const template = test
    ? await templates.getForTest(tx, organizationId, { key: input.template, version: test.version })
    : await templates.findPublished(tx, organizationId, input.template);
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
  const isNew = await store.insert(tx, {
    id,
    organizationId,
    category: template.category,
    template: template.key,
    sealedData: seal(deps.encryptionKey, "message-data", id, JSON.stringify(input.data)),
    subject,
    dedupeKey,
    test,
    expiresAt: life.expiresAt,
    createdBy: actor.kind === "user" ? actor.userId : actor.service,
    requestId,
    at,
  });
  if (!isNew) {
    return (await find(tx, organizationId, { dedupeKey: dedupeKey! }))!;
  }
  const planned = await deliveries.plan(deps, tx, organizationId, { ...input, available });
  const { priority } = rulesOf(template.category);
  const place = { organizationId, messageId: id, priority, dueAt: life.dueAt, at };
  await deliveries.insertDeliveries(tx, place, planned);
  await record(tx, at, {
    actor,
    organizationId,
    action: "message.requested",
    subject: { type: "message", id },
    requestId,
    details: {
      template: template.key,
      deliveries: planned.length,
      ...(test ? { testVersion: test.version } : {}),
    },
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
    deliveries: planned.map(({ nextChannels: _, ...delivery }) => ({
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

/**
 * Sends a version to whoever asks for it, marked, through the same gates as any message; gaps that
 * are not filled show the names of their variables.
 * @throws Problem `own-address-missing`, `template-not-approved`, `template-not-found`.
 */
export async function requestTest(
  deps: Deps,
  actor: UserActor,
  { key, version, channel, locale, data }: {
    key: string;
    version: number;
    channel: Channel;
    locale?: string | undefined;
    data: NewMessage["data"];
  },
  { requestId }: { requestId: string },
): Promise<MessageView> {
  const { organizationId, userId: id } = actor;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const reachable = await recipients.listReachable(tx, organizationId, [id]);
    if (channel !== "in_app" && !reachable.some((one) => one.channel === channel)) {
      throw problem("own-address-missing");
    }
    const { variables } = await templates.getForTest(tx, organizationId, { key, version });
    const input: NewMessage = {
      template: key,
      recipients: [{ id, kind: "user" }],
      data: { ...templates.exampleOf(variables), ...data },
      channels: [channel],
      mode: "first",
    };
    const sender = { actor, organizationId, requestId };
    return await accept(deps, tx, sender, input, { version, locale });
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

export async function get(
  deps: Deps,
  organizationId: string,
  id: string,
): Promise<MessageView> {
  const message = await read(
    deps.sql,
    { organizationId },
    (tx) => find(tx, organizationId, { id }),
  );
  if (!message) throw problem("message-not-found");
  return message;
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
    await holdBack(tx, organizationId);
    const stopped = await store.cancel(tx, organizationId, id, at);
    if (stopped === undefined) throw problem("message-not-found");
    if (stopped === 0) throw problem("message-not-cancellable");
    const message = await find(tx, organizationId, { id });
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
    await holdBack(tx, organizationId);
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
