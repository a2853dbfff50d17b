/** What can be done with preferences and consents. */
import { record } from "@praxis/shared/audit";
import type { Actor, UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { holdBack } from "../holds/holds.ts";
import { problem } from "../problems.ts";
import { type Channel, channels } from "../providers/model.ts";
import * as recipients from "../recipients/recipients.ts";
import * as suppressions from "../suppressions/suppressions.ts";
import { centreEndsAt, type Link, linkTo } from "./links.ts";
import {
  type Category,
  categoryNames,
  type Cell,
  type Consent,
  effective,
  type NewConsent,
  rulesOf,
} from "./model.ts";
import * as store from "./store.ts";

export { linkTo, readLink } from "./links.ts";

type Whose = { organizationId: string; recipientId: string };
type Said = { actor: Actor; requestId?: string };

export async function matrix(deps: Deps, { organizationId, recipientId }: Whose): Promise<Cell[]> {
  return await read(deps.sql, { organizationId }, async (tx) => {
    const [preferences, consents] = await Promise.all([
      store.list(tx, organizationId, recipientId),
      store.listStanding(tx, organizationId, recipientId),
    ]);
    return categoryNames.flatMap((category) =>
      channels.map((channel) => effective({ category, channel, preferences, consents }))
    );
  });
}

/**
 * A yes is the yes of whoever took over. A no is that of whoever it was said for: it holds for both,
 * and still holds for them when the merge is undone.
 */
async function speakerOf(
  tx: Db,
  { organizationId, recipientId }: Whose,
  isYes: boolean,
): Promise<Whose> {
  if (!isYes) return { organizationId, recipientId };
  return { organizationId, recipientId: await recipients.heirOf(tx, organizationId, recipientId) };
}

/** Within `tx`. What is said last holds, whoever wrote it down. */
async function remember(
  tx: Db,
  at: Date,
  { organizationId, recipientId }: Whose,
  consent: Omit<NewConsent, "wording"> & { wording?: string | undefined },
  { actor, evidence = {} }: { actor: Actor; evidence?: Record<string, string> },
): Promise<string> {
  const id = newId();
  await store.insertConsent(tx, organizationId, {
    ...consent,
    id,
    recipientId,
    wording: consent.wording ?? null,
    actorId: actor.kind === "user" ? actor.userId : null,
    evidence,
    at,
  });
  return id;
}

/** A link to the preference centre, to be handed to nobody but the recipient. */
export async function giveLink(
  deps: Deps,
  actor: UserActor,
  named: string,
  { requestId }: { requestId: string },
): Promise<{ url: string; endsAt: string }> {
  const { organizationId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const recipientId = await recipients.mustKnow(tx, organizationId, named);
    const url = linkTo(deps, { use: "preferences", organizationId, recipientId }, at);
    await record(tx, at, {
      actor,
      organizationId,
      action: "preference-link.given",
      subject: { type: "recipient", id: recipientId },
      requestId,
    });
    return { url, endsAt: centreEndsAt(at).toISOString() };
  });
}

export async function addConsent(
  deps: Deps,
  whose: Whose,
  consent: NewConsent,
  { actor, requestId }: Said,
): Promise<Consent> {
  const { organizationId, recipientId } = whose;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    if (consent.decision === "revoked") await holdBack(tx, organizationId);
    const about = await speakerOf(tx, whose, consent.decision === "granted");
    const id = await remember(tx, at, about, consent, { actor });
    await record(tx, at, {
      actor,
      organizationId,
      action: `consent.${consent.decision}`,
      subject: { type: "recipient", id: recipientId },
      ...(requestId === undefined ? {} : { requestId }),
      details: { channel: consent.channel, purpose: consent.purpose, source: consent.source },
    });
    const { wording = null, ...rest } = consent;
    return { id, ...rest, wording, at: at.toISOString() };
  });
}

export async function listConsents(
  deps: Deps,
  { organizationId, recipientId }: Whose,
  page: { before: string | undefined; limit: number },
): Promise<Consent[]> {
  return await read(
    deps.sql,
    { organizationId },
    (tx) => store.listConsents(tx, organizationId, recipientId, page),
  );
}

/**
 * One cell of the matrix. A yes to what needs a consent is one, and is written down as such.
 * @throws Problem `preference-mandatory`.
 */
export async function choose(
  deps: Deps,
  whose: Whose,
  { category, channel, isAllowed, source }: {
    category: Category;
    channel: Channel;
    isAllowed: boolean;
    source: string;
  },
  { actor, requestId }: Said,
): Promise<Cell> {
  const { organizationId, recipientId } = whose;
  if (rulesOf(category).isMandatory) throw problem("preference-mandatory");
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    if (!isAllowed) await holdBack(tx, organizationId);
    const speaker = await speakerOf(tx, whose, isAllowed);
    const choice = { recipientId: speaker.recipientId, category, channel, isAllowed, source, at };
    await store.put(tx, organizationId, choice);
    const decided = (await store.listStanding(tx, organizationId, recipientId))
      .find((one) => one.channel === channel && one.purpose === category);
    if (rulesOf(category).needsConsent || decided) {
      const decision = isAllowed ? "granted" as const : "revoked" as const;
      await remember(tx, at, speaker, { channel, purpose: category, decision, source }, { actor });
    }
    const [preferences, consents] = await Promise.all([
      store.list(tx, organizationId, recipientId),
      store.listStanding(tx, organizationId, recipientId),
    ]);
    await record(tx, at, {
      actor,
      organizationId,
      action: "preference.chosen",
      subject: { type: "recipient", id: recipientId },
      ...(requestId === undefined ? {} : { requestId }),
      details: { category, channel, isAllowed, source },
    });
    return effective({ category, channel, preferences, consents });
  });
}

/** RFC 8058: one POST, without signing in, as often as somebody likes. */
export async function unsubscribe(
  deps: Deps,
  { organizationId, recipientId, addressHash, category }: Link,
  { requestId }: { requestId: string },
): Promise<void> {
  if (addressHash === undefined || category === undefined || rulesOf(category).isMandatory) {
    throw problem("preference-mandatory");
  }
  const at = deps.now();
  const actor: Actor = { kind: "anonymous" };
  await transaction(deps.sql, { organizationId }, async (tx) => {
    await holdBack(tx, organizationId);
    const isNew = await suppressions.suppress(tx, at, organizationId, {
      channel: "email",
      addressHash,
      scope: category,
      reason: "unsubscribe",
    });
    if (!isNew) return;
    const consent = {
      channel: "email" as const,
      purpose: category,
      decision: "revoked" as const,
      source: "one-click",
    };
    await remember(tx, at, { organizationId, recipientId }, consent, { actor });
    await record(tx, at, {
      actor,
      organizationId,
      action: "consent.revoked",
      subject: { type: "recipient", id: recipientId },
      requestId,
      details: { channel: "email", purpose: category, source: "one-click" },
    });
  });
}

/** Everybody who is reached at the number that said STOP, or START, has said so. */
export async function rememberForAll(
  tx: Db,
  at: Date,
  { organizationId, recipientIds, decision, messageId }: {
    organizationId: string;
    recipientIds: readonly string[];
    decision: "granted" | "revoked";
    messageId: string;
  },
): Promise<void> {
  const actor: Actor = { kind: "anonymous" };
  for (const recipientId of recipientIds) {
    const consent = { channel: "sms" as const, purpose: "all" as const, decision, source: "reply" };
    const evidence = { messageId };
    await remember(tx, at, { organizationId, recipientId }, consent, { actor, evidence });
  }
}
