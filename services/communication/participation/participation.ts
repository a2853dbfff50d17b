/** Communication's part in sagas: clinics get a voice, patients hear of results, members leave. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { carryOut, type Order, takeBack } from "@praxis/shared/orders";
import { transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as notifications from "../notifications/notifications.ts";
import { problem } from "../problems.ts";
import { messageOf, type ResultReleased } from "./model.ts";
import * as store from "./store.ts";

type Taken = { undoOf: string };

const preparing = (organizationId: string) => ({
  organizationId,
  route: "organization.prepare",
  subject: organizationId,
});

/** From now on the clinic speaks to its patients by its name. */
export async function prepare(
  deps: Deps,
  order: Order,
  { organizationId, name }: { organizationId: string; name: string },
): Promise<void> {
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut(tx, order, preparing(organizationId), async () => {
        await store.insertClinic(tx, organizationId, name);
        await record(tx, deps.now(), {
          actor,
          organizationId,
          action: "organization.prepared",
          subject: { type: "organization", id: organizationId },
          requestId,
        });
        return true;
      }),
  );
}

export async function clear(
  deps: Deps,
  order: Order,
  { organizationId, undoOf }: Taken & { organizationId: string },
): Promise<void> {
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack(tx, order, { ...preparing(organizationId), undoOf }, async () => {
        await store.removeClinic(tx, organizationId);
        await record(tx, deps.now(), {
          actor,
          organizationId,
          action: "organization.cleared",
          subject: { type: "organization", id: organizationId },
          requestId,
        });
      }),
  );
}

type Member = { organizationId: string; userId: string };

const leaving = ({ organizationId, userId }: Member) => ({
  organizationId,
  route: "member.leave",
  subject: userId,
});

/** Settles what a member has not read, so that nothing reminds them of patients any more. */
export async function leave(deps: Deps, order: Order, member: Member): Promise<void> {
  const { organizationId, userId } = member;
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut(tx, order, leaving(member), async () => {
        const at = deps.now();
        const ids = await store.settle(tx, member, at);
        await record(tx, at, {
          actor,
          organizationId,
          action: "member.left",
          subject: { type: "user", id: userId },
          requestId,
          details: { notifications: ids.length },
        });
        return ids;
      }),
  );
  await notifications.forgetUnreadCounts(deps, { organizationId });
}

export async function comeBack(
  deps: Deps,
  order: Order,
  { undoOf, ...member }: Member & Taken,
): Promise<void> {
  const { organizationId, userId } = member;
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack<string[]>(tx, order, { ...leaving(member), undoOf }, async (ids) => {
        await store.unsettle(tx, member, ids);
        await record(tx, deps.now(), {
          actor,
          organizationId,
          action: "member.returned",
          subject: { type: "user", id: userId },
          requestId,
          details: { notifications: ids.length },
        });
      }),
  );
  await notifications.forgetUnreadCounts(deps, { organizationId });
}

/** Tells a patient that there is a result. @throws Problem `recipient-unfit` for anyone outside */
export async function tellResult(
  deps: Deps,
  order: Order,
  { organizationId, documentId, userIds, eventId }: ResultReleased,
): Promise<void> {
  const members = await deps.identity.listMembers(organizationId);
  if (!userIds.every((userId) => members.includes(userId))) throw problem("recipient-unfit");
  const at = deps.now();
  const { actor, requestId } = order;
  const what = { organizationId, route: "result.tell", subject: documentId };
  await transaction(deps.sql, { organizationId }, (tx) =>
    carryOut(tx, order, what, async () => {
      const message = messageOf(documentId, await store.findName(tx, organizationId));
      const recipients = userIds.map((userId) => ({ id: newId(), userId }));
      await notifications.addWithin(tx, { ...message, organizationId, eventId, at, recipients });
      await record(tx, at, {
        actor,
        organizationId,
        action: "notification.created",
        subject: message.subject,
        requestId,
        details: { eventId, recipients: recipients.length },
      });
      return true;
    }));
  await notifications.forgetUnreadCounts(deps, { organizationId });
}
