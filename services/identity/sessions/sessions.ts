/** What can be done with sessions once they have started. */
import { record } from "@praxis/shared/audit";
import type { AccessClaims, Actor, Permission, StandingOf, UserActor } from "@praxis/shared/auth";
import { type Paged, readCursor, toPage } from "@praxis/shared/http";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as revocations from "../revocations/revocations.ts";
import { permissionsOf, permissionsOfProgram } from "../roles/model.ts";
import * as users from "../users/users.ts";
import { type Proof, type Session, SESSIONS_MAX, STEP_UP_SECONDS } from "./model.ts";
import { hashOf } from "./refresh_tokens.ts";
import * as store from "./store.ts";

/** The user of a session, as the actor of what happens to it. */
export function ownerOf(
  { id, userId, organizationId }: Pick<Proof, "id" | "userId" | "organizationId">,
): UserActor {
  return { kind: "user", userId, organizationId, sessionId: id, permissions: [] };
}

/**
 * What verified claims allow now, read from identity's own tables: elsewhere a revocation arrives
 * by long poll, here it holds at once.
 */
export function createOwnStanding(
  { sql, now }: Pick<Deps, "sql" | "now">,
): Pick<StandingOf, "permissions"> {
  return {
    async permissions(
      claims: Pick<AccessClaims, "sid" | "sub" | "org" | "mid">,
    ): Promise<readonly Permission[] | undefined> {
      const scope = { organizationId: claims.org, userId: claims.sub };
      // No user's id is that of a session: a program acts by itself (`ownClaimsOf`).
      if (claims.sub === claims.sid) {
        const registered = await read(sql, scope, (tx) => store.findProgram(tx, claims));
        return registered && permissionsOfProgram(registered);
      }
      const role = await read(sql, scope, (tx) => store.findRole(tx, claims, now()));
      return role === undefined ? undefined : permissionsOf(role);
    },
  };
}

type Ending = {
  actor: Actor;
  action: "session.revoked" | "session.reuse_detected";
  requestId: string;
};

/**
 * Within `tx`, with as many statements for a thousand as for one: all sessions, then the list of
 * revocations, then the chains are locked. How many had not ended before; ring the bell after the
 * commit when there were any.
 */
export async function revokeAllWithin(
  tx: Db,
  ids: readonly string[],
  { actor, action, requestId }: Ending,
  at: Date,
): Promise<number> {
  const ended = ids.length === 0 ? [] : await store.markRevoked(tx, ids, at);
  if (ended.length === 0) return 0;
  await revocations.addSessions(tx, ended, at);
  const entries = ended.map(({ id, organizationId }) => ({
    actor,
    organizationId,
    action,
    subject: { type: "session", id },
    outcome: action === "session.revoked" ? "success" as const : "refused" as const,
    requestId,
  }));
  await record(tx, at, ...entries);
  return ended.length;
}

/** Within `tx`. False when the session had ended before; ring the bell after a true one's commit. */
export const revokeWithin = async (
  tx: Db,
  id: string,
  ending: Ending,
  at: Date,
): Promise<boolean> => await revokeAllWithin(tx, [id], ending, at) === 1;

const Key = z.tuple([z.uuid()]);

export async function listOwn(
  { sql, now }: Deps,
  { userId, sessionId }: UserActor,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Paged<Session>> {
  const [before] = readCursor(cursor, Key) ?? [];
  const rows = await read(
    sql,
    { userId },
    (tx) => store.listLive(tx, userId, now(), before, limit + 1),
  );
  const sessions = rows.map((row) => ({ ...row, current: row.id === sessionId }));
  return toPage(sessions, limit, (session) => [session.id]);
}

/**
 * Within `tx`, in the platform's own scope. Ends a session of the user and whichever has taken its
 * place: while it changes the clinic or steps up, its id is all that whoever ends it can have seen.
 * False when the user has no such session.
 */
async function revokeLineWithin(
  deps: Pick<Deps, "now">,
  tx: Db,
  actor: UserActor,
  { id, userId, requestId }: { id: string; userId: string; requestId: string },
): Promise<boolean> {
  await users.lock(tx, userId);
  const ids = await store.listLine(tx, { id, userId });
  await revokeAllWithin(tx, ids, { actor, action: "session.revoked", requestId }, deps.now());
  return ids.length > 0;
}

/** Ends one of the user's own sessions, in whichever clinic; twice if need be. */
export async function revokeOwn(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: { id: string; requestId: string },
): Promise<void> {
  const { userId } = actor;
  const isOwn = await transaction(
    deps.sql,
    "system",
    (tx) => revokeLineWithin(deps, tx, actor, { id, userId, requestId }),
  );
  if (!isOwn) throw problem("session-not-found");
  deps.bell.ring();
}

/** The session that a refresh token belongs to, however old the token is. */
async function endByToken(deps: Deps, refreshToken: string, requestId: string): Promise<void> {
  await transaction(deps.sql, "system", async (tx) => {
    const token = await store.findToken(tx, hashOf(refreshToken));
    const userId = token && await store.findUser(tx, token.sessionId);
    if (!userId) return;
    await users.lock(tx, userId);
    const session = await store.lock(tx, token.sessionId);
    const { id } = session;
    await revokeLineWithin(deps, tx, ownerOf(session), { id, userId, requestId });
  });
}

/**
 * Signs out: ends the session that asks, and the one that `refreshToken` belongs to. Says nothing
 * about whether there was one.
 */
export async function end(
  deps: Deps,
  actor: Actor,
  { refreshToken, requestId }: { refreshToken: string | undefined; requestId: string },
): Promise<void> {
  // One after the other: two sessions locked at once could wait for each other.
  if (refreshToken !== undefined) await endByToken(deps, refreshToken, requestId);
  if (actor.kind === "user") {
    const { userId, sessionId: id } = actor;
    await transaction(
      deps.sql,
      "system",
      (tx) => revokeLineWithin(deps, tx, actor, { id, userId, requestId }),
    );
  }
  deps.bell.ring();
}

/**
 * Within `tx`, which has locked the user: their oldest sessions end when `session` is one too many.
 */
export async function revokeBeyondWithin(
  tx: Db,
  session: Pick<Proof, "id" | "userId" | "organizationId">,
  { requestId }: { requestId: string },
  at: Date,
): Promise<void> {
  const beyond = await store.lockBeyond(tx, session.userId, { max: SESSIONS_MAX, now: at });
  const ending = { actor: ownerOf(session), action: "session.revoked", requestId } as const;
  await revokeAllWithin(tx, beyond.map(({ id }) => id), ending, at);
}

/**
 * Within `tx`, in the platform's own scope. Ends the other sessions of the user, in one clinic or
 * in all of them, and none starts meanwhile. Returns how many.
 */
export async function revokeOthersWithin(
  tx: Db,
  actor: Actor,
  { requestId, ...others }: store.Others & { requestId: string },
  at: Date,
): Promise<number> {
  await users.lock(tx, others.userId);
  const live = await store.listOthers(tx, others, at);
  const ending = { actor, action: "session.revoked", requestId } as const;
  return await revokeAllWithin(tx, live.map(({ id }) => id), ending, at);
}

/** Signs every device of the user out but the one that asks. */
export async function revokeOthers(
  deps: Deps,
  actor: UserActor,
  { requestId }: { requestId: string },
): Promise<number> {
  const { userId, sessionId: except } = actor;
  const count = await transaction(
    deps.sql,
    "system",
    (tx) => revokeOthersWithin(tx, actor, { userId, except, requestId }, deps.now()),
  );
  deps.bell.ring();
  return count;
}

/** The caller's own session. @throws Problem `session-not-found`, also for programs of others. */
export async function getOwn(
  { sql, now }: Pick<Deps, "sql" | "now">,
  { sessionId: id, userId }: UserActor,
): Promise<store.OwnSession> {
  const own = await read(sql, "system", (tx) => store.findOwn(tx, { id, userId }, now()));
  if (!own) throw problem("session-not-found");
  return own;
}

/** RFC 9470. */
export function stepUpRequired(acr: "aal1" | "aal2") {
  const challenge = `Bearer error="insufficient_user_authentication", acr_values="${acr}", ` +
    `max_age=${STEP_UP_SECONDS}`;
  return problem("step-up-required", { headers: { "www-authenticate": challenge } });
}

/**
 * That the user proved themselves at `/auth/reauthenticate` in the last five minutes, or signed in
 * with a second factor then: with a second factor when they have one, and always when
 * `needsFactor`; by a repeated password only while there is none. A sign-in by password alone,
 * however fresh, is no step-up: it may be all that a thief has.
 * @throws Problem `step-up-required`, `second-factor-missing`
 */
export async function expectSteppedUp(
  deps: Pick<Deps, "sql" | "now">,
  actor: UserActor,
  { needsFactor = false }: { needsFactor?: boolean } = {},
): Promise<void> {
  const own = await read(
    deps.sql,
    "system",
    (tx) => store.findOwn(tx, { id: actor.sessionId, userId: actor.userId }, deps.now()),
  );
  const since = deps.now().getTime() - STEP_UP_SECONDS * 1000;
  const isRecent = (at: Date | null | undefined) => at instanceof Date && at.getTime() >= since;
  if (own && !own.hasFactor && needsFactor) throw problem("second-factor-missing");
  const acr = own?.hasFactor ? "aal2" : "aal1";
  const isProven = own?.hasFactor
    ? own.acr === "aal2" && isRecent(own.authenticatedAt)
    : isRecent(own?.steppedUpAt);
  if (!isProven) throw stepUpRequired(acr);
}
