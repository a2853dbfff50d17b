/** One delivery, from its turn to the provider's answer: gates, durable try, call, state. */
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import * as accounts from "../accounts/accounts.ts";
import * as attempts from "../attempts/attempts.ts";
import type { Deps } from "../deps.ts";
import { letBegin } from "../holds/holds.ts";
import * as notifications from "../notifications/notifications.ts";
import * as pauses from "../pauses/pauses.ts";
import type { Candidate } from "../accounts/model.ts";
import { rulesOf } from "../preferences/model.ts";
import type { Outgoing, Result } from "../providers/model.ts";
import { providers } from "../providers/providers.ts";
import * as recipients from "../recipients/recipients.ts";
import * as suppressions from "../suppressions/suppressions.ts";
import * as templates from "../templates/templates.ts";
import * as webhooks from "../webhooks/webhooks.ts";
import { GUARDIAN_REVOKED } from "./gates.ts";
import { afterTry, type State } from "./model.ts";
import { planInstead } from "./planning.ts";
import { prepare } from "./preparing.ts";
import * as store from "./store.ts";
import { atOnce } from "./turns.ts";

type Told = Extract<
  Parameters<typeof webhooks.tell>[3]["type"],
  `delivery.${string}`
>;

const told: Partial<Record<State, Told>> = {
  accepted: "delivery.accepted",
  delivered: "delivery.delivered",
  bounced: "delivery.bounced",
  failed: "delivery.failed",
  suppressed: "delivery.suppressed",
  expired: "delivery.expired",
  held: "delivery.held",
};

/** States after which the next channel is tried. */
const LOST: ReadonlySet<State> = new Set(["suppressed", "failed", "bounced"]);

type Ended = Pick<
  store.Pending,
  "id" | "messageId" | "recipientId" | "onBehalfOf" | "channel" | "nextChannels" | "category"
>;

/** Moves a delivery on, tells who wants to know, and goes on to the next channel when it is lost. */
export async function move(
  tx: Db,
  organizationId: string,
  delivery: Ended,
  from: readonly State[],
  change: store.Change,
): Promise<boolean> {
  const { state, at, reason = null } = change;
  if (!await store.advance(tx, delivery.id, from, change)) return false;
  const type = told[state];
  if (type) {
    const data = { deliveryId: delivery.id, messageId: delivery.messageId, state, reason };
    await webhooks.tell(tx, at, organizationId, { type, data });
  }
  const [channel, ...nextChannels] = delivery.nextChannels;
  if (channel && LOST.has(state)) {
    const { messageId, recipientId, onBehalfOf } = delivery;
    const { priority } = rulesOf(delivery.category);
    await store.insertDeliveries(tx, { organizationId, messageId, priority, dueAt: at, at }, [
      { id: newId(), recipientId, onBehalfOf, channel, nextChannels },
    ]);
  }
  return true;
}

type Call = {
  pending: store.Pending;
  account: Candidate;
  outgoing: Outgoing;
  n: number;
  hasAnother: boolean;
  addressHash: string | null;
};

/** What a guardian may not be told any more is not lost to the patient. */
async function tellInstead(
  deps: Deps,
  tx: Db,
  organizationId: string,
  { messageId, onBehalfOf, channel, nextChannels, template: key, testVersion, category }:
    store.Pending,
): Promise<void> {
  const template = await templates.findForMessage(tx, organizationId, { key, testVersion });
  if (!template || onBehalfOf === null) return;
  const planned = await planInstead(deps, tx, organizationId, {
    messageId,
    patientId: onBehalfOf,
    channels: [channel, ...nextChannels],
    available: templates.channelsOf(template),
  });
  const at = deps.now();
  const { priority } = rulesOf(category);
  await store.insertDeliveries(tx, { organizationId, messageId, priority, dueAt: at, at }, planned);
}

/** Gates, choice of account, and the durable try; undefined when there is nothing to call. */
async function begin(deps: Deps, of: store.Claimed): Promise<Call | undefined> {
  const { organizationId } = of;
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const [, pending] = await Promise.all([
      letBegin(tx, organizationId),
      store.findPending(tx, of, at),
    ]);
    if (pending?.state !== "sending") return undefined;
    const plan = await prepare(deps, tx, of, pending);
    if (plan.kind === "refused") {
      const { gate } = plan;
      const change = { state: gate.state, reason: gate.reason, at };
      const due = gate.state === "deferred" ? { dueAt: gate.until } : {};
      await move(tx, organizationId, pending, ["sending"], { ...change, ...due });
      if (gate.reason === GUARDIAN_REVOKED) await tellInstead(deps, tx, organizationId, pending);
      return undefined;
    }
    if (plan.kind === "failed") {
      const change = { state: "failed" as const, reason: plan.reason, at };
      await move(tx, organizationId, pending, ["sending"], change);
      return undefined;
    }
    if (plan.kind === "inbox") {
      await notifications.deliver(tx, at, {
        organizationId,
        deliveryId: pending.id,
        userId: pending.recipientId,
        title: plan.content.subject,
        body: plan.content.text,
        category: pending.category,
      });
      const change = { state: "delivered" as const, at };
      await move(tx, organizationId, pending, ["sending"], change);
      return undefined;
    }
    const { account, outgoing, template, level, hasAnother, addressHash } = plan;
    const n = pending.attempts + 1;
    const leasedUntil = new Date(at.getTime() + deps.limits.leaseSeconds * 1000);
    const isOurs = await attempts.begin(tx, {
      deliveryId: pending.id,
      organizationId,
      n,
      accountId: account.id,
      provider: account.provider,
      addressHash,
      templateVersion: template.version,
      level,
      at,
      leasedUntil,
    });
    return isOurs ? { pending, account, outgoing, n, hasAnother, addressHash } : undefined;
  });
}

/** What the provider has said about the address itself. */
async function learn(
  tx: Db,
  organizationId: string,
  { pending: { channel }, addressHash }: Call,
  result: Extract<Result, { outcome: "permanent" }>,
  at: Date,
): Promise<void> {
  if (addressHash === null || (!result.isAddressBad && !result.isOptedOut)) return;
  const reason = result.isOptedOut ? "stop" as const : "bounce" as const;
  await suppressions.suppress(tx, at, organizationId, {
    channel,
    addressHash,
    scope: "all",
    reason,
  });
  if (reason === "bounce") {
    const state = channel === "push" ? "gone" : "wrong";
    await recipients.markAddress(tx, organizationId, addressHash, state);
  }
}

async function end(deps: Deps, of: store.Claimed, call: Call, result: Result): Promise<void> {
  const { organizationId } = of;
  const { pending, account, n, hasAnother } = call;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const isOurs = await attempts.end(tx, {
      deliveryId: pending.id,
      n,
      outcome: result.outcome,
      detail: "detail" in result ? result.detail : null,
      providerMessageId: "providerMessageId" in result ? result.providerMessageId : null,
      at,
    });
    // Somebody else has taken this worker for dead and settled the try: theirs holds.
    if (!isOurs) return;
    const next = afterTry(result, { n, now: at, hasAnother, random: Math.random() });
    const { settlement } = providers[account.provider];
    const waits = settlement === "repeat" ? 1 : deps.limits.settleSeconds;
    await move(tx, organizationId, pending, ["sending"], {
      ...next,
      at,
      ...(next.state === "unknown" ? { leasedUntil: new Date(at.getTime() + waits * 1000) } : {}),
    });
    if (result.outcome === "permanent") await learn(tx, organizationId, call, result, at);
    await accounts.observe(deps, tx, { organizationId, accountId: account.id, result });
    if (result.outcome === "permanent" && result.isAddressBad) {
      await pauses.noteIncident(tx, at, {
        organizationId,
        accountId: account.id,
        deliveryId: pending.id,
        channel: pending.channel,
        kind: "bounce",
      });
    }
  });
}

/**
 * Takes one leased delivery as far as it goes now. Another is asked for by the worker. `inTurn`
 * says when the database may be used, before the call and after it.
 */
export async function send(deps: Deps, of: store.Claimed, inTurn = atOnce): Promise<void> {
  const { organizationId } = of;
  const call = await inTurn(organizationId, () => begin(deps, of));
  if (!call) {
    await notifications.forgetUnreadCounts(deps, { organizationId });
    return;
  }
  const { account, outgoing } = call;
  let result: Result;
  try {
    result = await providers[account.provider].send(deps.calls, account, outgoing);
  } catch {
    // A fault of ours after the try was written down: whether it left is not known.
    result = { outcome: "ambiguous", detail: "fault" };
  }
  await inTurn(organizationId, () => end(deps, of, call, result));
}
