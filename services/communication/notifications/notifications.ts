/** What can be done with notifications. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import type { EventEnvelope } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import {
  actionsOf,
  type InboxItem,
  isSnooze,
  type Message,
  type Notification,
  shorten,
} from "./model.ts";
import * as store from "./store.ts";
import * as unread from "./unread.ts";

export { insert as addWithin } from "./store.ts";
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

/** Within `tx`: a message of the pipeline, for somebody's inbox; once however often it is told. */
export async function deliver(tx: Db, at: Date, item: InboxItem): Promise<void> {
  const actions = actionsOf(item.category);
  await store.insertItem(tx, { ...item, title: shorten(item.title), id: newId(), actions, at });
}

type Change = {
  action: string;
  change: (tx: Db, recipient: store.Recipient, at: Date) => Promise<boolean>;
};

/** Changes one of the actor's own notifications and answers with it as it is now. */
async function changeOne(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: { id: string; requestId: string },
  { action, change }: Change,
): Promise<Notification> {
  const { organizationId, userId } = actor;
  const recipient = { organizationId, userId };
  const at = deps.now();
  const notification = await transaction(deps.sql, recipient, async (tx) => {
    const isChanged = await change(tx, recipient, at);
    const notification = await store.find(tx, recipient, id);
    if (!notification) throw problem("notification-not-found");
    if (isChanged) {
      const subject = { type: "notification", id };
      await record(tx, at, { actor, organizationId, action, subject, requestId });
    }
    return notification;
  });
  await unread.forget(deps, recipient);
  return notification;
}

type One = { id: string; requestId: string };

export const markUnread = (deps: Deps, actor: UserActor, one: One): Promise<Notification> =>
  changeOne(deps, actor, one, {
    action: "notification.unread",
    change: (tx, recipient) => store.setMark(tx, recipient, one.id, { mark: "readAt", at: null }),
  });

export const setArchived = (
  deps: Deps,
  actor: UserActor,
  one: One & { isArchived: boolean },
): Promise<Notification> =>
  changeOne(deps, actor, one, {
    action: one.isArchived ? "notification.archived" : "notification.unarchived",
    change: (tx, recipient, at) =>
      store.setMark(tx, recipient, one.id, {
        mark: "archivedAt",
        at: one.isArchived ? at : null,
      }),
  });

/** @throws Problem `action-not-offered`. The first answer holds; the same again changes nothing. */
export const takeAction = (
  deps: Deps,
  actor: UserActor,
  one: One & { key: string },
): Promise<Notification> =>
  changeOne(deps, actor, one, {
    action: "notification.answered",
    change: async (tx, recipient, at) => {
      const notification = await store.find(tx, recipient, one.id);
      if (!notification) return false;
      if (!notification.actions.some(({ key }) => key === one.key)) {
        throw problem("action-not-offered");
      }
      return await store.takeAction(tx, recipient, one.id, { key: one.key, at });
    },
  });

/** Returns how many were new. Seeing is not reading, and is not audited: nothing is disclosed. */
export async function markSeen(deps: Deps, actor: UserActor, upTo: string): Promise<number> {
  const { organizationId, userId } = actor;
  const recipient = { organizationId, userId };
  return await transaction(
    deps.sql,
    recipient,
    (tx) => store.markSeen(tx, recipient, upTo, deps.now()),
  );
}

/** Puts away what was on the screen; returns how many. */
export async function archiveAll(
  deps: Deps,
  actor: UserActor,
  { upTo, requestId }: { upTo: string; requestId: string },
): Promise<number> {
  const { organizationId, userId } = actor;
  const recipient = { organizationId, userId };
  const at = deps.now();
  const count = await transaction(deps.sql, recipient, async (tx) => {
    const count = await store.archiveAll(tx, recipient, upTo, at);
    if (count > 0) {
      await record(tx, at, {
        actor,
        organizationId,
        action: "notification.archived",
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

/** @throws Problem `invalid-request` for a time that has been or is too far off. */
export const snooze = (
  deps: Deps,
  actor: UserActor,
  one: One & { until: Date | null },
): Promise<Notification> => {
  if (one.until && !isSnooze(one.until, deps.now())) {
    throw common("invalid-request", {
      errors: [{ pointer: "/until", detail: "A time to come is needed, within a year." }],
    });
  }
  return changeOne(deps, actor, one, {
    action: one.until ? "notification.snoozed" : "notification.unsnoozed",
    change: (tx, recipient) => store.snooze(tx, recipient, one.id, one.until),
  });
};
