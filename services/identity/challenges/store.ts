/** Where challenges and the count of tries are kept. Only the platform's own scope sees them. */
import type { Db } from "@praxis/shared/postgres";
import { ATTEMPTS_MAX, type Challenge, type ChallengeKind, type NewChallenge } from "./model.ts";

type New = NewChallenge & { id: string; tokenHash: Uint8Array; createdAt: Date; expiresAt: Date };

export async function insert(db: Db, challenge: New): Promise<void> {
  const { id, tokenHash, kind, userAgent, createdAt, expiresAt } = challenge;
  const { userId = null, membershipId = null, client = null } = challenge;
  await db`
    insert into challenges (id, token_hash, kind, user_id, membership_id, client, user_agent,
                            webauthn_challenge, created_at, expires_at)
    values (${id}, ${tokenHash}, ${kind}, ${userId}, ${membershipId}, ${client}, ${userAgent},
            ${challenge.webauthnChallenge ?? null}, ${createdAt}, ${expiresAt})`;
}

export type Key = { tokenHash: Uint8Array; kind: ChallengeKind; userAgent: string };

/** A live challenge with a try left, which is counted now. Parallel tries wait for each other. */
export async function takeAttempt(db: Db, key: Key, now: Date): Promise<Challenge | undefined> {
  const [row] = await db<Challenge[]>`
    update challenges set attempts = attempts + 1
    where token_hash = ${key.tokenHash} and kind = ${key.kind} and user_agent = ${key.userAgent}
      and used_at is null and expires_at > ${now} and attempts < ${ATTEMPTS_MAX}
    returning id, user_id, membership_id, client, webauthn_challenge`;
  return row;
}

export async function find(db: Db, key: Key, now: Date): Promise<Challenge | undefined> {
  const [row] = await db<Challenge[]>`
    select id, user_id, membership_id, client, webauthn_challenge from challenges
    where token_hash = ${key.tokenHash} and kind = ${key.kind} and user_agent = ${key.userAgent}
      and used_at is null and expires_at > ${now} and attempts < ${ATTEMPTS_MAX}`;
  return row;
}

export async function setWebauthn(db: Db, id: string, webauthnChallenge: string): Promise<void> {
  await db`update challenges set webauthn_challenge = ${webauthnChallenge} where id = ${id}`;
}

/** False when another request was first. */
export async function markUsed(db: Db, id: string, at: Date): Promise<boolean> {
  const { count } = await db`
    update challenges set used_at = ${at} where id = ${id} and used_at is null`;
  return count === 1;
}

/** All that a user has open. */
export async function markAllUsed(db: Db, userId: string, at: Date): Promise<void> {
  await db`update challenges set used_at = ${at} where user_id = ${userId} and used_at is null`;
}

/** The number of tries within the window, this one included. */
export async function countFactorAttempt(
  db: Db,
  userId: string,
  { at, since }: { at: Date; since: Date },
): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    insert into factor_attempts as a (user_id, started_at, count) values (${userId}, ${at}, 1)
    on conflict (user_id) do update
    set count = case when a.started_at <= ${since} then 1 else a.count + 1 end,
        started_at = case when a.started_at <= ${since} then ${at} else a.started_at end
    returning count`;
  return row!.count;
}

/** A right one was no guess. */
export async function forgetFactorAttempts(db: Db, userId: string): Promise<void> {
  await db`delete from factor_attempts where user_id = ${userId}`;
}
