/** Identity's part in sagas: clinics are founded, and members seen off. Each part can be undone. */
import { record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { carryOut, type Order, takeBack } from "@praxis/shared/orders";
import { transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as members from "../members/members.ts";
import * as organizations from "../organizations/organizations.ts";
import { problem } from "../problems.ts";
import { slugOf } from "../registrations/model.ts";
import * as sessions from "../sessions/sessions.ts";
import type { Suspended } from "./model.ts";
import * as store from "./store.ts";

const founding = (organizationId: string) => ({
  organizationId,
  route: "organization.found",
  subject: organizationId,
});

/** A clinic that nobody belongs to yet. */
export async function found(
  deps: Deps,
  order: Order,
  { organizationId: id, name }: { organizationId: string; name: string },
): Promise<void> {
  const { actor, requestId } = order;
  await transaction(deps.sql, "system", (tx) =>
    carryOut(tx, order, founding(id), async () => {
      const at = deps.now();
      // What is random keeps others from learning which clinics are here.
      await organizations.add(tx, { id, slug: `${slugOf(name)}-${id.slice(-8)}`, name }, at);
      await record(tx, at, {
        actor,
        organizationId: id,
        action: "organization.created",
        subject: { type: "organization", id },
        requestId,
      });
      return true;
    }));
}

/** Takes the founding back. @throws Problem `organization-open` once somebody belongs to it. */
export async function close(
  deps: Deps,
  order: Order,
  { organizationId: id, undoOf }: { organizationId: string; undoOf: string },
): Promise<void> {
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    "system",
    (tx) =>
      takeBack(tx, order, { ...founding(id), undoOf }, async () => {
        if (!await store.removeClinic(tx, id)) throw problem("organization-open");
        await record(tx, deps.now(), {
          actor,
          organizationId: id,
          action: "organization.closed",
          subject: { type: "organization", id },
          requestId,
        });
      }),
  );
}

type Opening = { organizationId: string; ownerUserIds: readonly string[]; foundedBy: string };

/**
 * Gives the clinic its owners, who can sign in to it from now on: nobody is made one by strangers.
 * @throws Problem `owner-unfit`
 */
export async function open(
  deps: Deps,
  order: Order,
  { organizationId, ownerUserIds, foundedBy }: Opening,
): Promise<void> {
  const { actor, requestId } = order;
  const what = { organizationId, route: "organization.open", subject: organizationId };
  await transaction(deps.sql, "system", (tx) =>
    carryOut(tx, order, what, async () => {
      const at = deps.now();
      for (const userId of new Set(ownerUserIds)) {
        const isKnown = await store.isMember(tx, { organizationId: foundedBy, userId });
        if (!isKnown) throw problem("owner-unfit");
        await members.add(tx, { id: newId(), organizationId, userId, role: "owner" }, at);
      }
      await record(tx, at, {
        actor,
        organizationId,
        action: "organization.opened",
        subject: { type: "organization", id: organizationId },
        requestId,
        details: { ownerUserIds },
      });
      return true;
    }));
}

type Member = { organizationId: string; userId: string };

const suspension = ({ organizationId, userId }: Member) => ({
  organizationId,
  route: "member.suspend",
  subject: userId,
});

/**
 * Ends a membership: every token of it is refused from now on.
 * @throws Problem `member-not-found`, `last-owner`
 */
export async function suspend(deps: Deps, order: Order, member: Member): Promise<void> {
  const { organizationId, userId } = member;
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      carryOut<Suspended>(tx, order, suspension(member), async () => {
        const locked = await store.lockWithOwners(tx, member);
        const membership = locked.find((one) => one.userId === userId);
        if (!membership) throw problem("member-not-found");
        if (membership.role === "owner" && locked.length === 1) throw problem("last-owner");
        const at = deps.now();
        const { id } = membership;
        await store.end(tx, id, at);
        await record(tx, at, {
          actor,
          organizationId,
          action: "member.suspended",
          subject: { type: "user", id: userId },
          requestId,
        });
        return { membershipId: id, endedAt: at.toISOString() };
      }),
  );
  deps.bell.ring();
}

/** Takes a suspension back, unless the user has become a member anew. */
export async function restore(
  deps: Deps,
  order: Order,
  { undoOf, ...member }: Member & { undoOf: string },
): Promise<void> {
  const { organizationId, userId } = member;
  const { actor, requestId } = order;
  await transaction(
    deps.sql,
    { organizationId },
    (tx) =>
      takeBack<Suspended>(tx, order, { ...suspension(member), undoOf }, async (suspended) => {
        const { membershipId: id, endedAt } = suspended;
        const permissionVersion = await store.resume(tx, id, new Date(endedAt));
        if (permissionVersion === undefined) return;
        const at = deps.now();
        await record(tx, at, {
          actor,
          organizationId,
          action: "member.restored",
          subject: { type: "user", id: userId },
          requestId,
        });
      }),
  );
  deps.bell.ring();
}

/** Signs every device of the user out of this clinic. */
export async function revokeSessions(deps: Deps, order: Order, member: Member): Promise<void> {
  const { organizationId, userId } = member;
  const { actor, requestId } = order;
  const what = { organizationId, route: "member.revoke-sessions", subject: userId };
  // The platform's scope, in which the user can be locked.
  await transaction(
    deps.sql,
    "system",
    (tx) =>
      carryOut(
        tx,
        order,
        what,
        () => sessions.revokeOthersWithin(tx, actor, { ...member, requestId }, deps.now()),
      ),
  );
  deps.bell.ring();
}
