/** Everything that is decided about a delivery just before it is sent, within one transaction. */
import type { Db } from "@praxis/shared/postgres";
import { type Candidate, chooseAccount, routeFor } from "../accounts/model.ts";
import * as accounts from "../accounts/accounts.ts";
import * as attempts from "../attempts/attempts.ts";
import type { Deps } from "../deps.ts";
import { findRules, PAUSED } from "../holds/holds.ts";
import * as pauses from "../pauses/pauses.ts";
import { linkTo } from "../preferences/preferences.ts";
import { rulesOf } from "../preferences/model.ts";
import type { Content, Level, Outgoing } from "../providers/model.ts";
import { unseal } from "../sealing.ts";
import type { Published } from "../templates/model.ts";
import * as templates from "../templates/templates.ts";
import { type Gate, levelAllowed, passGates } from "./gates.ts";
import * as store from "./store.ts";

const DAY_MS = 86_400_000;
/** No account at all is a mistake in the settings, which somebody may mend. */
const NO_ACCOUNT_SECONDS = 60;
/** Whoever lets the account go on lets what waits go; this is for the case that it was disabled. */
const PAUSED_SECONDS = 3_600;

export type Plan =
  | { kind: "refused"; gate: Exclude<Gate, { pass: true }> }
  | { kind: "inbox"; content: Content; template: Published }
  | {
    kind: "call";
    account: Candidate;
    outgoing: Outgoing;
    template: Published;
    level: Level;
    /** Whether another account could take over at once. */
    hasAnother: boolean;
    addressHash: string | null;
  }
  | { kind: "failed"; reason: string };

type Of = store.Claimed;

/** The words for one recipient, as they would be at this level. */
function contentFor(
  deps: Pick<Deps, "encryptionKey">,
  pending: store.Pending,
  template: Published,
  level: Level,
): Content {
  const data = JSON.parse(
    unseal(deps.encryptionKey, "message-data", pending.messageId, pending.sealedData),
  );
  const content = templates.write(template, {
    channel: pending.channel,
    locale: pending.testLocale ?? pending.locale,
    data,
    // A template that says more than is allowed is replaced as a whole.
    isNeutral: level < template.level,
  });
  return pending.testVersion === null ? content : templates.marked(content);
}

/** One message for one address; the same for each try of a delivery. */
export function outgoingOf(
  deps: Deps,
  { organizationId }: Of,
  pending: store.Pending,
  { template, level, account }: { template: Published; level: Level; account: Candidate },
): Outgoing {
  const content = contentFor(deps, pending, template, level);
  const { id: deliveryId, recipientId, channel, category, addressHash } = pending;
  const callbackUrl =
    `${deps.publicUrl}/hooks/${account.provider}/${account.id}/status?delivery=${deliveryId}`;
  if (channel !== "email" || rulesOf(category).isMandatory) {
    return { deliveryId, to: pending.address!, content, callbackUrl };
  }
  const about = { organizationId, recipientId, category };
  const unsubscribeUrl = linkTo(deps, {
    use: "unsubscribe",
    ...about,
    ...(addressHash === null ? {} : { addressHash }),
  }, pending.expiresAt);
  return { deliveryId, to: pending.address!, content, callbackUrl, unsubscribeUrl };
}

export async function prepare(
  deps: Deps,
  tx: Db,
  of: Of,
  pending: store.Pending,
): Promise<Plan> {
  const now = deps.now();
  const { organizationId } = of;
  const { channel, category, recipientId, addressHash, quietFrom, quietTo } = pending;
  const since = new Date(now.getTime() - DAY_MS);
  const { isMarketing } = rulesOf(category);
  const [rules, template, tries, candidates, routes, paused] = await Promise.all([
    findRules(tx, {
      organizationId,
      recipientId,
      channel,
      addressHash,
      category,
      since,
    }),
    templates.findForMessage(tx, organizationId, {
      key: pending.template,
      testVersion: pending.testVersion,
    }),
    pending.attempts === 0 ? [] : attempts.list(tx, pending.id),
    channel === "in_app" ? [] : accounts.candidates(deps, tx, organizationId, channel),
    channel === "in_app" ? [] : accounts.listRoutes(tx, organizationId, channel),
    isMarketing ? pauses.listOpen(tx, organizationId) : undefined,
  ]);
  const gate = passGates({
    ...rules,
    now,
    channel,
    category,
    expiresAt: pending.expiresAt,
    cancelledAt: pending.cancelledAt,
    isEntitled: pending.isEntitled,
    point: pending.pointState === null ? undefined : { state: pending.pointState },
    timeZone: pending.timeZone,
    quietHours: quietFrom && quietTo
      ? { from: quietFrom.slice(0, 5), to: quietTo.slice(0, 5) }
      : null,
  });
  if (!gate.pass) return { kind: "refused", gate };
  // Not by another account either: a bad list would wear out one after another.
  if (candidates.some(({ id, isEnabled }) => isEnabled && paused?.has(id))) {
    const until = new Date(now.getTime() + PAUSED_SECONDS * 1000);
    const gate = { pass: false as const, state: "deferred" as const, reason: PAUSED, until };
    return { kind: "refused", gate };
  }
  if (!template) return { kind: "failed", reason: "no-template" };
  try {
    if (channel === "in_app") {
      return { kind: "inbox", template, content: contentFor(deps, pending, template, 2) };
    }
    const route = routeFor(routes, { category, country: pending.country });
    const failedIds = tries
      .filter(({ outcome }) => outcome === "transient" || outcome === "config")
      .map(({ accountId }) => accountId);
    // What may have been taken already is only ever offered to the same account again.
    const stickTo = tries.findLast(({ outcome, settled }) =>
      outcome === "ambiguous" && settled !== "not_accepted"
    )?.accountId;
    const wanted = levelAllowed(template.level, channel, rules.consents);
    const isKilled = (provider: string) => rules.killSwitches.includes(`provider:${provider}`);
    const query = { level: wanted, neutralLevel: 0 as Level, failedIds, stickTo, isKilled, now };
    const choice = chooseAccount(candidates, route, query);
    if (!choice.account) {
      const until = choice.retryAt ?? new Date(now.getTime() + NO_ACCOUNT_SECONDS * 1000);
      const reason = choice.retryAt ? "provider-unavailable" : "no-account";
      return { kind: "refused", gate: { pass: false, state: "deferred", reason, until } };
    }
    const { account, level } = choice;
    const rest = { ...query, stickTo, failedIds: [...failedIds, account.id] };
    const next = stickTo === undefined ? chooseAccount(candidates, route, rest) : undefined;
    const hasAnother = next?.account !== undefined && next.account.id !== account.id &&
      !failedIds.includes(next.account.id);
    const outgoing = outgoingOf(deps, of, pending, { template, level, account });
    return { kind: "call", account, outgoing, template, level, hasAnother, addressHash };
  } catch {
    // Not the error's own words: they may repeat a value.
    return { kind: "failed", reason: "cannot-be-written" };
  }
}
