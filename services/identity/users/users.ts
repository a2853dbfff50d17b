/** What can be done with users. */
import type { UserActor } from "@praxis/shared/auth";
import { type Paged, readCursor, toPage } from "@praxis/shared/http";
import { type Db, read } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { z } from "zod";
import type { Me, SecurityEvent, User } from "./model.ts";
import * as store from "./store.ts";

/** The user's own profile and clinics, the others included. */
export async function getMe(
  { sql }: Pick<Deps, "sql">,
  { userId, organizationId }: Pick<UserActor, "userId"> & Partial<UserActor>,
): Promise<Me> {
  return await read(sql, { userId }, async (tx) => {
    const user = await store.find(tx, userId);
    if (!user) throw common("not-found");
    const organizations = await store.listOrganizations(tx, userId);
    return {
      ...user,
      organizations: organizations.map((one) => ({ ...one, current: one.id === organizationId })),
    };
  });
}

/** Within `tx`. False when the address is taken. */
export const add = (tx: Db, user: User, at: Date): Promise<boolean> => store.insert(tx, user, at);

/**
 * Within `tx`, in the platform's own scope: nobody else starts or ends all sessions of this user,
 * or changes their password or factors, until it has ended. Before any other row is locked, else
 * two could wait for each other.
 */
export const lock = (tx: Db, userId: string): Promise<void> => store.lock(tx, userId);

const Key = z.tuple([z.uuid()]);

/** The user's own trail, in every clinic. */
export async function listSecurityEvents(
  { sql }: Pick<Deps, "sql">,
  { userId }: UserActor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Paged<SecurityEvent>> {
  const [before] = readCursor(cursor, Key) ?? [];
  const rows = await read(
    sql,
    "system",
    (tx) => store.listSecurityEvents(tx, userId, before, limit + 1),
  );
  const events = rows.map(({ clientId, at, ...row }) => ({
    ...row,
    at: at.toISOString(),
    ...(clientId === null ? {} : { clientId }),
  }));
  return toPage(events, limit, ({ id }) => [id]);
}
