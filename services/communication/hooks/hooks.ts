/** What follows from what providers tell us. Signatures have been checked before. */
import { record } from "@praxis/shared/audit";
import type { Actor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { KnownAccount } from "../accounts/accounts.ts";
import type { Deps } from "../deps.ts";
import { move } from "../deliveries/deliveries.ts";
import { mayBecome, type State } from "../deliveries/model.ts";
import { holdBack } from "../holds/holds.ts";
import * as pauses from "../pauses/pauses.ts";
import * as preferences from "../preferences/preferences.ts";
import { normalize } from "../recipients/model.ts";
import type { Inbound } from "../providers/model.ts";
import * as recipients from "../recipients/recipients.ts";
import { hashAddress, seal, unseal } from "../sealing.ts";
import * as suppressions from "../suppressions/suppressions.ts";
import * as webhooks from "../webhooks/webhooks.ts";
import type { Report } from "./model.ts";
import { ANSWERS, readReply, type Reply, UNCLEAR } from "./replies.ts";
import * as store from "./store.ts";

const stateOf: Record<Report["type"], State> = {
  sent: "sent",
  delivered: "delivered",
  bounced: "bounced",
  failed: "failed",
  // Somebody complains about, or ends, what they have got.
  complained: "delivered",
  unsubscribed: "delivered",
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One report. What names no message of this account changes nothing and is not kept. */
async function takeReport(deps: Deps, account: KnownAccount, report: Report): Promise<void> {
  const { id: accountId, provider } = account;
  const { deliveryId, providerMessageId, type, at } = report;
  if (deliveryId !== undefined && !UUID.test(deliveryId)) return;
  const about = {
    accountId,
    organizationId: account.organizationId,
    deliveryId,
    providerMessageId,
  };
  const delivery = await read(deps.sql, "system", (tx) => store.findDelivery(tx, about));
  if (!delivery) {
    deps.log.info("a webhook named no message of its account", { provider, accountId });
    return;
  }
  const { organizationId, addressHash, channel, category } = delivery;
  if (report.address !== undefined && channel !== "in_app") {
    // Mailgun's signature does not cover the address: it must be the one we wrote to.
    const normal = normalize(channel, report.address);
    const hash = normal && hashAddress(deps.encryptionKey, {
      organizationId,
      channel,
      address: normal.address,
    });
    if (hash !== addressHash) return;
  }
  const receivedAt = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const isNew = await store.insertEvent(tx, {
      organizationId,
      accountId,
      eventId: report.eventId,
      deliveryId: delivery.id,
      type,
      at,
      receivedAt,
    });
    if (!isNew) return;
    const state = stateOf[type];
    await move(tx, organizationId, delivery, mayBecome[state] ?? [], {
      state,
      at: receivedAt,
      ...(state === "bounced" || state === "failed" ? { reason: `provider-${type}` } : {}),
      ...(providerMessageId === undefined ? {} : { providerMessageId }),
    });
    await store.settleByReport(tx, { deliveryId: delivery.id, accountId, providerMessageId });
    if (addressHash === null) return;
    const reasons = { bounced: "bounce", complained: "complaint", unsubscribed: "unsubscribe" };
    const reason = reasons[type as keyof typeof reasons] as
      | "bounce"
      | "complaint"
      | "unsubscribe"
      | undefined;
    if (!reason) return;
    const scope = reason === "unsubscribe" ? category : "all";
    const suppression = { channel, addressHash, scope, reason };
    await suppressions.suppress(tx, receivedAt, organizationId, suppression);
    if (reason === "bounce") {
      await recipients.markAddress(tx, organizationId, addressHash, "wrong");
    }
    await record(tx, receivedAt, {
      actor: { kind: "service", service: provider },
      organizationId,
      action: "suppression.added",
      subject: { type: "delivery", id: delivery.id },
      details: { reason },
    });
    if (reason === "unsubscribe") return;
    await pauses.noteIncident(tx, receivedAt, {
      organizationId,
      accountId,
      deliveryId: delivery.id,
      channel,
      kind: reason,
    });
  });
}

export { collectReplies, startCollecting, takeHint } from "./asking.ts";

export async function takeReports(
  deps: Deps,
  account: KnownAccount,
  reports: readonly Report[],
): Promise<void> {
  for (const report of reports) await takeReport(deps, account, report);
}

/**
 * Mailgun signs a token and nothing else: a token that was used says nothing about what comes with
 * it. It is used up after its reports were taken, so that a crash in between loses none.
 */
export async function takeOnce(
  deps: Deps,
  account: KnownAccount,
  token: string,
  reports: readonly Report[],
): Promise<void> {
  const { id: accountId } = account;
  const scope = { organizationId: account.organizationId ?? NOBODY };
  const eventId = `token ${token}`;
  if (await read(deps.sql, scope, (tx) => store.isEventKnown(tx, accountId, eventId))) return;
  await takeReports(deps, account, reports);
  const at = deps.now();
  const used = { ...scope, accountId, eventId, deliveryId: null, type: "token", at };
  await transaction(deps.sql, scope, (tx) => store.insertEvent(tx, { ...used, receivedAt: at }));
}

const NOBODY = "00000000-0000-0000-0000-000000000000";
/** How long an answer belongs to what was asked. */
const ANSWER_DAYS = 14;
/** How long back an organization counts as one that writes through the platform's own account. */
const WRITING_DAYS = 90;
const TEXT_MAX = 1_600;

const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * 86_400_000);

/** What the reply does in one organization; the answer to send back. */
async function takeReply(
  deps: Deps,
  tx: Db,
  organizationId: string,
  accountId: string,
  { address, text, messageId, reply }: {
    address: string;
    text: string;
    messageId: string;
    reply: Reply;
  },
): Promise<string | undefined> {
  const at = deps.now();
  const channel = "sms" as const;
  const addressHash = hashAddress(deps.encryptionKey, { organizationId, channel, address });
  const recipientIds = await recipients.listAtAddress(tx, organizationId, addressHash);
  if (recipientIds.length === 0) return undefined;
  let answer = ANSWERS[reply];
  let deliveryId: string | null = null;
  if (reply === "stop" || reply === "wrong") {
    const suppression = { channel, addressHash, scope: "all", reason: reply };
    await suppressions.suppress(tx, at, organizationId, suppression);
    if (reply === "wrong") {
      await recipients.markAddress(tx, organizationId, addressHash, "wrong");
    }
    if (reply === "stop") {
      await preferences.rememberForAll(tx, at, {
        organizationId,
        recipientIds,
        decision: "revoked",
        messageId,
      });
    }
  } else if (reply === "start") {
    await suppressions.liftReason(tx, organizationId, { channel, addressHash, reason: "stop", at });
    await preferences.rememberForAll(tx, at, {
      organizationId,
      recipientIds,
      decision: "granted",
      messageId,
    });
  } else if (reply === "confirm" || reply === "reschedule") {
    const asked = await store.listAsked(
      tx,
      organizationId,
      addressHash,
      daysBefore(at, ANSWER_DAYS),
    );
    if (asked.length === 1) deliveryId = asked[0]!.deliveryId;
    else answer = UNCLEAR;
    const [one] = asked;
    if (asked.length === 1 && one) {
      await webhooks.tell(tx, at, organizationId, {
        type: "reply.received",
        data: { kind: reply, subjectType: one.subjectType, subjectId: one.subjectId },
      });
    }
  }
  if (reply === "words" || reply === "wrong") {
    const data = { kind: reply, subjectType: null, subjectId: null };
    await webhooks.tell(tx, at, organizationId, { type: "reply.received", data });
  }
  const id = newId();
  await store.insertReply(tx, {
    id,
    organizationId,
    accountId,
    addressHash,
    kind: reply,
    sealedText: seal(deps.encryptionKey, "reply", id, text.slice(0, TEXT_MAX)),
    deliveryId,
    at,
  });
  const actor: Actor = { kind: "anonymous" };
  await record(tx, at, {
    actor,
    organizationId,
    action: "reply.received",
    subject: { type: "reply", id },
    details: { kind: reply, recipients: recipientIds.length },
  });
  return answer;
}

/**
 * A short message that came in; the answer to it, if there is one. What was taken before is not
 * answered again. A number that texts the platform's own account speaks to all who write from it.
 */
export async function takeInbound(
  deps: Deps,
  { id: accountId, organizationId }: KnownAccount,
  { messageId, from, text }: Inbound,
  { answersStrangers = true }: { answersStrangers?: boolean } = {},
): Promise<string | undefined> {
  const normal = normalize("sms", from);
  if (!normal) return undefined;
  const reply = readReply(text);
  const at = deps.now();
  const since = daysBefore(at, WRITING_DAYS);
  const organizations = organizationId !== undefined ? [organizationId] : await read(
    deps.sql,
    "system",
    (tx) => store.listOrganizationsWritingTo(tx, accountId, since),
  );
  const answers: string[] = [];
  for (const one of organizations) {
    const answer = await transaction(deps.sql, { organizationId: one }, async (tx) => {
      if (reply === "stop" || reply === "wrong") await holdBack(tx, one);
      const isNew = await store.insertEvent(tx, {
        organizationId: one,
        accountId,
        // The platform's own account is shared: each organization takes the reply in once.
        eventId: organizationId === undefined ? `${messageId} ${one}` : messageId,
        deliveryId: null,
        type: "inbound",
        at,
        receivedAt: at,
      });
      if (!isNew) return undefined;
      const inbound = { address: normal.address, text, messageId, reply };
      return await takeReply(deps, tx, one, accountId, inbound);
    });
    if (answer !== undefined) answers.push(answer);
  }
  // HELP is answered to whoever asks, even to a stranger.
  return answers[0] ?? (reply === "help" && answersStrangers ? ANSWERS.help : undefined);
}

export async function listReplies(
  deps: Deps,
  organizationId: string,
  page: { before: string | undefined; limit: number },
) {
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.listReplies(tx, organizationId, page),
  );
  return rows.map(({ sealedText, receivedAt, ...row }) => ({
    ...row,
    text: unseal(deps.encryptionKey, "reply", row.id, sealedText),
    receivedAt: receivedAt.toISOString(),
  }));
}
