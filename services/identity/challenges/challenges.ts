/** What can be done with challenges: give one out, try it a few times, finish it once. */
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { hashOf, newToken } from "../links/model.ts";
import { problem } from "../problems.ts";
import {
  type Challenge,
  CHALLENGE_MS,
  type ChallengeKind,
  FACTOR_ATTEMPTS,
  type NewChallenge,
} from "./model.ts";
import * as store from "./store.ts";

/** Within `tx`. The opaque id that the client brings back. */
export async function giveWithin(deps: Deps, tx: Db, challenge: NewChallenge): Promise<string> {
  const token = newToken(deps.region);
  const createdAt = deps.now();
  await store.insert(tx, {
    ...challenge,
    id: newId(),
    tokenHash: hashOf(token),
    createdAt,
    expiresAt: new Date(createdAt.getTime() + CHALLENGE_MS),
  });
  return token;
}

export const give = (deps: Deps, challenge: NewChallenge): Promise<string> =>
  transaction(deps.sql, "system", (tx) => giveWithin(deps, tx, challenge));

/** Within `tx`, which has locked the user: what was begun with an old password is over. */
export const endAll = (tx: Db, userId: string, at: Date): Promise<void> =>
  store.markAllUsed(tx, userId, at);

type Key = { challengeId: string; kind: ChallengeKind; userAgent: string };

const keyOf = ({ challengeId, kind, userAgent }: Key) => ({
  tokenHash: hashOf(challengeId),
  kind,
  userAgent,
});

/** Without counting a try. @throws Problem `challenge-ended`, whatever is wrong with it. */
export async function get(deps: Deps, key: Key): Promise<Challenge> {
  const found = await read(
    deps.sql,
    "system",
    (tx) => store.find(tx, keyOf(key), deps.now()),
  );
  if (!found) throw problem("challenge-ended");
  return found;
}

export const remember = (deps: Deps, id: string, webauthnChallenge: string): Promise<void> =>
  transaction(deps.sql, "system", (tx) => store.setWebauthn(tx, id, webauthnChallenge));

/**
 * Counts a try ahead of its outcome, committed on its own: what follows may be rolled back.
 * @throws Problem `challenge-ended`, the same for every reason.
 */
export async function tryOnce(deps: Deps, key: Key): Promise<Challenge> {
  const challenge = await transaction(
    deps.sql,
    "system",
    (tx) => store.takeAttempt(tx, keyOf(key), deps.now()),
  );
  if (!challenge) throw problem("challenge-ended");
  return challenge;
}

/** @throws Problem `too-many-requests` when the user's second factors were tried too often. */
export async function countFactorAttempt(deps: Deps, userId: string): Promise<void> {
  const at = deps.now();
  const since = new Date(at.getTime() - FACTOR_ATTEMPTS.ms);
  const count = await transaction(
    deps.sql,
    "system",
    (tx) => store.countFactorAttempt(tx, userId, { at, since }),
  );
  if (count > FACTOR_ATTEMPTS.limit) {
    const seconds = String(FACTOR_ATTEMPTS.ms / 1000);
    throw common("too-many-requests", { headers: { "retry-after": seconds } });
  }
}

/** Within the transaction of what the challenge was for. */
export async function finish(tx: Db, challenge: Challenge, at: Date): Promise<void> {
  if (!await store.markUsed(tx, challenge.id, at)) throw problem("challenge-ended");
}

export const forgetFactorAttempts = (tx: Db, userId: string): Promise<void> =>
  store.forgetFactorAttempts(tx, userId);
