/**
 * Accounts that rest by themselves: when too much of what an organization sends by one comes back or
 * is complained about, its marketing waits until a person has looked. What patients need goes on.
 */
import { record } from "@praxis/shared/audit";
import type { Actor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as notifications from "../notifications/notifications.ts";
import type { Channel } from "../providers/model.ts";
import * as webhooks from "../webhooks/webhooks.ts";
import { type IncidentKind, lettersOfStorm, titleOf, WINDOW_MS } from "./model.ts";
import * as store from "./store.ts";

const ANNOUNCED_AT_ONCE = 10;
const ourselves: Actor = { kind: "service", service: "communication" };

/**
 * Within `tx`, last of all, since it may audit: a letter has come back or was complained about. The
 * rates are those of mail; other channels have none.
 */
export async function noteIncident(
  tx: Db,
  at: Date,
  { channel, ...incident }: {
    organizationId: string;
    accountId: string;
    deliveryId: string;
    channel: Channel;
    kind: IncidentKind;
  },
): Promise<void> {
  const { organizationId, accountId, kind } = incident;
  if (channel !== "email" || !await store.insertIncident(tx, incident)) return;
  const sender = { organizationId, accountId };
  await store.lock(tx, sender);
  const begin = new Date(at.getTime() - WINDOW_MS);
  const resumed = await store.findLastResumed(tx, sender);
  const since = resumed && resumed > begin ? resumed : begin;
  const incidents = await store.countIncidents(tx, { ...sender, kind, since });
  const most = lettersOfStorm(kind, incidents);
  if (most === 0) return;
  const sent = await store.countSent(tx, { ...sender, since, max: most + 1 });
  if (sent > most) return;
  if (!await store.insert(tx, { ...sender, id: newId(), kind, incidents, sent, at })) return;
  const data = { accountId, state: "paused", reason: kind };
  await webhooks.tell(tx, at, organizationId, { type: "account.paused", data });
  await record(tx, at, {
    actor: ourselves,
    organizationId,
    action: "provider-account.paused",
    subject: { type: "provider-account", id: accountId },
    details: { reason: kind, incidents, sent },
  });
}

/** Tells those who manage providers of every pause that they have not heard of; how many. */
export async function announce(deps: Deps): Promise<number> {
  const pauses = await read(
    deps.sql,
    "system",
    (tx) => store.listUnannounced(tx, ANNOUNCED_AT_ONCE),
  );
  for (const { id, organizationId, accountId, kind, name } of pauses) {
    const userIds = await deps.identity.listMembers(organizationId, "providers:manage");
    const subject = { type: "provider-account", id: accountId };
    await transaction(deps.sql, { organizationId }, async (tx) => {
      const at = deps.now();
      if (!await store.markAnnounced(tx, { organizationId, id, at })) return;
      const recipients = userIds.map((userId) => ({ id: newId(), userId }));
      await notifications.addWithin(tx, {
        kind: "account.paused",
        title: titleOf({ kind, name: name ?? undefined }),
        subject,
        patientId: null,
        organizationId,
        eventId: id,
        at,
        recipients,
      });
      await record(tx, at, {
        actor: ourselves,
        organizationId,
        action: "notification.created",
        subject,
        details: { recipients: userIds.length },
      });
    });
    await notifications.forgetUnreadCounts(deps, { organizationId });
  }
  return pauses.length;
}

export { end, listOpen } from "./store.ts";
