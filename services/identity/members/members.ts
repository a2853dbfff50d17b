/** What can be done with members. */
import type { Permission, Standing, UserActor } from "@praxis/shared/auth";
import { type Paged, readCursor, toPage } from "@praxis/shared/http";
import { type Db, read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import * as oauth from "../oauth/oauth.ts";
import { permissionsOf, rolesGranting } from "../roles/model.ts";
import type { Member, NewMembership, Recipient } from "./model.ts";
import * as store from "./store.ts";

const Key = z.tuple([z.uuid()]);

type PageInput = { limit: number; cursor?: string | undefined };

/** The members of the actor's organization. Patients are among them, so the reading is recorded. */
export async function listMembers(
  { sql, auditRead }: Deps,
  actor: UserActor,
  { limit, cursor, requestId }: PageInput & { requestId: string },
): Promise<Paged<Member>> {
  const { organizationId } = actor;
  const [after] = readCursor(cursor, Key) ?? [];
  const rows = await read(
    sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, after, limit + 1),
  );
  const page = toPage(rows, limit, (member) => [member.id]);
  await auditRead({
    actor,
    organizationId,
    action: "member.listed",
    subject: { type: "member" },
    requestId,
    details: { count: page.items.length },
  });
  return page;
}

/** Who in an organization may do `permission`, for a service that has something to tell them. */
export async function listRecipients(
  { sql }: Deps,
  { organizationId, permission, limit, cursor }: PageInput & {
    organizationId: string;
    permission?: Permission | undefined;
  },
): Promise<Paged<Recipient>> {
  const [after] = readCursor(cursor, Key) ?? [];
  const filter = {
    organizationId,
    ...(permission === undefined ? {} : { roles: rolesGranting(permission) }),
  };
  const rows = await read(
    sql,
    { organizationId },
    (tx) => store.listRecipients(tx, filter, after, limit + 1),
  );
  return toPage(rows, limit, (recipient) => [recipient.membershipId]);
}

/** What a membership grants now; a program that acts by itself has its own id for one. */
export async function getStanding(
  deps: Deps,
  membershipId: string,
): Promise<z.infer<typeof Standing>> {
  const membership = await read(deps.sql, "system", (tx) => store.find(tx, membershipId));
  if (!membership) {
    const permissions = await oauth.findOwnPermissions(deps, membershipId);
    if (!permissions) throw common("not-found");
    return { membershipId, permissionVersion: 0, permissions: [...permissions] };
  }
  return {
    membershipId: membership.id,
    permissionVersion: membership.permissionVersion,
    permissions: [...permissionsOf(membership.role)],
  };
}

/** The organization a question about a bare user id is about. */
export const findFirstOrganization = ({ sql }: Deps, userId: string) =>
  read(sql, "system", (tx) => store.findFirstOrganization(tx, userId));

/** What a user may do in an organization now, or undefined when they are no member of it. */
export async function findPermissions(
  { sql }: Deps,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<readonly Permission[] | undefined> {
  const membership = await read(
    sql,
    { organizationId },
    (tx) => store.findByUser(tx, { organizationId, userId }),
  );
  return membership && permissionsOf(membership.role);
}

/** Within `tx`. */
export async function add(tx: Db, membership: NewMembership, at: Date): Promise<void> {
  if (!await store.insert(tx, membership, at)) throw new Error("the user is a member already");
}
