/** What can be done with notifications. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import type { EventEnvelope } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import type { Message, Notification } from "./model.ts";
import * as store from "./store.ts";
import * as unread from "./unread.ts";

export { countUnread, forget as forgetUnreadCounts } from "./unread.ts";

/** Tells `userIds` what `event` means to them, within the transaction that takes the event in. */
export async function notify(
  tx: Db,
  at: Date,
  { event, message, userIds }: { event: EventEnvelope; message: Message; userIds: string[] },
): Promise<void> {
  const organizationId = event.organizationid;
  const recipients = userIds.map((userId) => ({ id: newId(), userId }));
  const count = await store.insert(tx, {
    ...message,
    organizationId,
    eventId: event.id,
    at,
    recipients,
  });
  await record(tx, at, {
    actor: { kind: "service", service: event.source.slice(1) },
    organizationId,
    action: "notification.created",
    subject: message.subject,
    ...(event.requestid === undefined ? {} : { requestId: event.requestid }),
    details: { eventId: event.id, recipients: count },
  });
}

export async function markRead(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: { id: string; requestId: string },
): Promise<Notification> {
  const { organizationId, userId } = actor;
  const recipient = { organizationId, userId };
  const at = deps.now();
  const { notification, changed } = await transaction(deps.sql, recipient, async (tx) => {
    const changed = await store.markRead(tx, recipient, id, at);
    const notification = await store.find(tx, recipient, id);
    if (!notification) throw problem("notification-not-found");
    if (changed) {
      await record(tx, at, {
        actor,
        organizationId,
        action: "notification.read",
        subject: { type: "notification", id },
        requestId,
      });
    }
    return { notification, changed };
  });
  if (changed) await unread.forget(deps, recipient);
  return notification;
}

/** Returns how many were unread. */
export async function markAllRead(
  deps: Deps,
  actor: UserActor,
  { requestId }: { requestId: string },
): Promise<number> {
  const { organizationId, userId } = actor;
  const recipient = { organizationId, userId };
  const at = deps.now();
  const count = await transaction(deps.sql, recipient, async (tx) => {
    const count = await store.markAllRead(tx, recipient, at);
    if (count > 0) {
      await record(tx, at, {
        actor,
        organizationId,
        action: "notification.read",
        subject: { type: "notification" },
        requestId,
        details: { count },
      });
    }
    return count;
  });
  if (count > 0) await unread.forget(deps, recipient);
  return count;
}
