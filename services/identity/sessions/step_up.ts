/**
 * Proving oneself again, and changing the clinic. Both start another session in place of the one
 * that asks, so that what was handed out before it is worth nothing any more (ASVS 7.2.4).
 */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as challenges from "../challenges/challenges.ts";
import type { Challenge } from "../challenges/model.ts";
import * as credentials from "../credentials/credentials.ts";
import type { Deps } from "../deps.ts";
import { pseudonymOf } from "../derived_keys.ts";
import * as factors from "../factors/factors.ts";
import { satisfies } from "../policies/model.ts";
import { problem } from "../problems.ts";
import * as users from "../users/users.ts";
import { limitHeaders, takeAttempt } from "./attempts.ts";
import {
  type Client,
  expiryOf,
  PASSKEY_ALONE,
  PASSWORD_AND,
  PASSWORD_ONLY,
  proofOf,
  type Reauthenticate,
} from "./model.ts";
import { getOwn, revokeWithin, stepUpRequired } from "./sessions.ts";
import { type Facts, type Grant, type Start, startWithin, toGrant } from "./starting.ts";
import * as store from "./store.ts";

const KIND = "passkey-step-up";

export type Renewed = Grant & { client: Client };

/** What a browser needs to step up with a passkey. */
export async function passkeyOptions(
  deps: Deps,
  actor: UserActor,
  { userAgent }: { userAgent: string },
): Promise<{ challengeId: string; options: Record<string, unknown> }> {
  const { userId } = await getOwn(deps, actor);
  const { challenge, options } = await factors.passkeyOptions(deps, userId);
  const given = { kind: KIND, userAgent, userId, webauthnChallenge: challenge } as const;
  return { challengeId: await challenges.give(deps, given), options };
}

async function recordRefusal(deps: Deps, actor: UserActor, requestId: string): Promise<void> {
  await deps.auditRead({
    actor,
    organizationId: actor.organizationId,
    action: "session.step_up_refused",
    subject: { type: "session", id: actor.sessionId },
    outcome: "failed",
    requestId,
  });
}

/** Counted by session: strangers who guess keep nobody who is signed in from it. @throws Problem `credentials-rejected` */
export async function expectPassword(
  deps: Deps,
  actor: UserActor,
  { email, password, requestId }: { email: string; password: string; requestId: string },
): Promise<void> {
  const account = pseudonymOf(deps.encryptionKey, email);
  const attempt = await takeAttempt(deps, { account, device: actor.sessionId });
  if (!attempt.isAllowed) {
    throw common("too-many-requests", { headers: limitHeaders(attempt) });
  }
  let isWrong = false;
  try {
    const found = await read(
      deps.sql,
      "system",
      (tx) => store.findCandidate(tx, { userId: actor.userId }, actor.organizationId),
    );
    isWrong = !await credentials.isRight(deps, found?.passwordHash ?? undefined, password);
  } finally {
    if (!isWrong) attempt.giveBack();
  }
  if (!isWrong) return;
  await recordRefusal(deps, actor, requestId);
  throw problem("credentials-rejected");
}

/** Within `tx`: the session that asks ends, and another takes its place. */
async function replaceWithin(
  deps: Deps,
  tx: Db,
  actor: UserActor,
  start: Start,
  facts: Facts,
): Promise<Grant> {
  const at = deps.now();
  const { sessionId: id, userId } = actor;
  await users.lock(tx, userId);
  await store.lock(tx, id);
  const ending = { actor, action: "session.revoked", requestId: facts.requestId } as const;
  const isFirst = await revokeWithin(tx, id, ending, at);
  const succeed = (by: { id: string }) => store.markSucceeded(tx, id, by.id);
  const started = isFirst ? await startWithin(deps, tx, start, facts, succeed) : undefined;
  if (!started) throw problem("session-not-found");
  return await toGrant(deps, started);
}

/**
 * A step-up that cannot be had fails: someone who has a second factor never gets by without it,
 * and someone who has none gets `aal1` only when they say so.
 */
export async function reauthenticate(
  deps: Deps,
  actor: UserActor,
  input: Reauthenticate,
  facts: Facts,
): Promise<Renewed> {
  const own = await getOwn(deps, actor);
  const { userAgent, requestId } = facts;
  const { userId } = own;
  const proof = proofOf(input);
  const isPasskey = proof !== undefined && "passkey" in proof;
  const isAlone = !isPasskey && input.acr === "aal1";
  if (isAlone && own.hasFactor) throw stepUpRequired("aal2");
  if (!isAlone && !own.hasFactor) throw problem("second-factor-missing");
  if (!isAlone && proof === undefined) throw stepUpRequired("aal2");
  if (!isPasskey) {
    if (input.password === undefined) throw stepUpRequired(isAlone ? "aal1" : "aal2");
    const { password } = input;
    await expectPassword(deps, actor, { email: own.email, password, requestId });
  }
  let challenge: Challenge | undefined;
  if (isPasskey) {
    const challengeId = input.challengeId ?? "-";
    challenge = await challenges.tryOnce(deps, { challengeId, kind: KIND, userAgent });
    if (challenge.userId !== userId) throw problem("challenge-ended");
  }
  if (!isAlone) await challenges.countFactorAttempt(deps, userId);
  try {
    const grant = await transaction(deps.sql, "system", async (tx) => {
      await users.lock(tx, userId);
      if (challenge) await challenges.finish(tx, challenge, deps.now());
      const webauthnChallenge = challenge?.webauthnChallenge ?? null;
      const method = isAlone ? undefined : await factors.proveWithin(deps, tx, {
        userId,
        proof: proof!,
        webauthnChallenge,
        requestId,
      });
      if (!isAlone && !method) throw problem("factor-rejected");
      if (!isAlone) await challenges.forgetFactorAttempts(tx, userId);
      const asked = await store.findAsked(tx, own.membershipId);
      const at = deps.now();
      return await replaceWithin(deps, tx, actor, {
        userId,
        membershipId: own.membershipId,
        client: own.client,
        ...(isPasskey ? PASSKEY_ALONE : method ? PASSWORD_AND(method) : PASSWORD_ONLY),
        authenticatedAt: at,
        steppedUpAt: at,
        expiresAt: expiryOf(at, asked.sessionMinutes),
        idleMinutes: asked.idleMinutes,
        action: "session.stepped_up",
      }, facts);
    });
    deps.bell.ring();
    return { ...grant, client: own.client };
  } catch (error) {
    await recordRefusal(deps, actor, requestId);
    throw error;
  }
}

/** A session in another clinic of the user's, with what this one was proven with. */
export async function switchOrganization(
  deps: Deps,
  actor: UserActor,
  organizationId: string,
  facts: Facts,
): Promise<Renewed> {
  const own = await getOwn(deps, actor);
  const there = await read(
    deps.sql,
    "system",
    (tx) => store.findCandidate(tx, { userId: own.userId }, organizationId),
  );
  if (!there || there.membershipId === null) throw common("not-found");
  const membershipId = there.membershipId;
  if (!satisfies(own, there.secondFactor ?? "optional")) {
    await transaction(deps.sql, "system", (tx) =>
      record(tx, deps.now(), {
        actor,
        organizationId,
        action: "session.switch_refused",
        subject: { type: "user", id: own.userId },
        outcome: "refused",
        requestId: facts.requestId,
      }));
    throw problem("policy-step-up");
  }
  const grant = await transaction(deps.sql, "system", (tx) => {
    const ownEnd = own.expiresAt.getTime();
    const thereEnd = expiryOf(own.authenticatedAt, there.sessionMinutes).getTime();
    return replaceWithin(deps, tx, actor, {
      userId: own.userId,
      membershipId,
      client: own.client,
      acr: own.acr,
      amr: own.amr,
      authenticatedAt: own.authenticatedAt,
      steppedUpAt: own.steppedUpAt,
      expiresAt: new Date(Math.min(ownEnd, thereEnd)),
      idleMinutes: there.idleMinutes,
      action: "session.switched",
    }, facts);
  });
  deps.bell.ring();
  return { ...grant, client: own.client };
}
