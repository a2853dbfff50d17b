/** The second step of a sign-in, and signing in with a passkey alone. */
import { PLATFORM } from "@praxis/shared/audit";
import { anonymous } from "@praxis/shared/auth";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import * as challenges from "../challenges/challenges.ts";
import type { Challenge } from "../challenges/model.ts";
import type { Deps } from "../deps.ts";
import * as factors from "../factors/factors.ts";
import type {
  FactorKind,
  NewPasskey,
  PasskeyAnswer,
  Proof as FactorProof,
} from "../factors/model.ts";
import { satisfies } from "../policies/model.ts";
import { problem } from "../problems.ts";
import * as users from "../users/users.ts";
import { type Client, expiryOf, PASSKEY_ALONE, PASSWORD_AND } from "./model.ts";
import { ownerOf } from "./sessions.ts";
import { askedOf, deviceFor, guesserOf, type Origin } from "./sign_in.ts";
import { type Facts, type Grant, type Started, startWithin, toGrant } from "./starting.ts";
import * as store from "./store.ts";

const KIND = "second-factor";
const TOTP_NAME = "Authenticator app";
const PASSKEY_NAME = "Passkey";

export type Passed = Grant & { recoveryCodes?: string[] };

async function refuse(deps: Deps, userId: string | null, facts: Facts): Promise<never> {
  const candidate = userId === null
    ? undefined
    : await read(deps.sql, "system", (tx) => store.findCandidate(tx, { userId }, undefined));
  await deps.auditRead({
    actor: anonymous,
    organizationId: candidate?.organizationId ?? PLATFORM,
    action: "factor.refused",
    subject: userId === null ? { type: "factor" } : { type: "user", id: userId },
    outcome: "failed",
    requestId: facts.requestId,
  });
  throw problem("factor-rejected");
}

/** What a browser needs to answer a sign-in's challenge with a passkey. */
export async function passkeyOptions(
  deps: Deps,
  { challengeId, userAgent }: { challengeId: string; userAgent: string },
): Promise<Record<string, unknown>> {
  const found = await challenges.get(deps, { challengeId, kind: KIND, userAgent });
  const { challenge, options } = await factors.passkeyOptions(deps, found.userId ?? undefined);
  await challenges.remember(deps, found.id, challenge);
  return options;
}

type Began = { challengeId: string; userAgent: string };

/** The challenge of someone who has to enrol `kind` to get in. @throws Problem `challenge-ended` */
async function expectMissing(
  deps: Deps,
  { challengeId, userAgent }: Began,
  kind: FactorKind,
): Promise<Challenge & { userId: string }> {
  const found = await challenges.get(deps, { challengeId, kind: KIND, userAgent });
  const candidate = await read(deps.sql, "system", (tx) => candidateWithin(tx, found));
  if (!candidate || !askedOf(candidate)?.enrol?.includes(kind)) throw problem("challenge-ended");
  return { ...found, userId: candidate.userId };
}

/** Within `tx`. What the user has, beside what the clinic asks that they sign in to. */
async function candidateWithin(
  tx: Db,
  { userId, membershipId }: Challenge,
): Promise<store.Candidate | undefined> {
  const candidate = await store.findCandidate(tx, { userId: userId! }, undefined);
  return candidate && { ...candidate, ...await store.findAsked(tx, membershipId!) };
}

/** For someone without a second factor whose clinic asks for one. */
export async function offerFactor(deps: Deps, began: Began) {
  const { userId } = await expectMissing(deps, began, "totp");
  return await factors.offerTotp(deps, { userId, name: TOTP_NAME });
}

/** For someone without a passkey whose clinic asks for one, or takes one. */
export async function offerPasskey(deps: Deps, began: Began): Promise<Record<string, unknown>> {
  const found = await expectMissing(deps, began, "passkey");
  const { challenge, options } = await factors.offerPasskey(deps, found);
  await challenges.remember(deps, found.id, challenge);
  return options;
}

type Within = { started: Started; email: string; recoveryCodes?: string[] } | undefined;

/** What a sign-in is finished with: a proof, a passkey made now, or both. */
type Given = { proof: FactorProof | undefined; made: factors.MadePasskey | undefined };

/**
 * Within `tx`, which is rolled back when this is undefined: nothing is used up then. Who has a
 * factor proves it, also to enrol another that the clinic asks for.
 */
async function passWithin(
  deps: Deps,
  tx: Db,
  challenge: Challenge,
  { proof, made }: Given,
  facts: Facts,
): Promise<Within> {
  const userId = challenge.userId!;
  const { webauthnChallenge } = challenge;
  const { requestId } = facts;
  // Of two who enrol at once the second finds what the first has enrolled.
  await users.lock(tx, userId);
  await challenges.finish(tx, challenge, deps.now());
  const candidate = await candidateWithin(tx, challenge);
  if (!candidate) return undefined;
  const enrol = askedOf(candidate)?.enrol ?? [];
  if (made && !enrol.includes("passkey")) return undefined;
  const isNew = !candidate.hasTotp && !candidate.hasPasskey;
  const first = isNew && !made && enrol.includes("totp") && proof && "code" in proof
    ? proof.code
    : undefined;
  const method = first !== undefined ? "otp" : made && isNew ? "hwk" : proof &&
    await factors.proveWithin(deps, tx, { userId, proof, webauthnChallenge, requestId });
  if (!method) return undefined;
  const proven = PASSWORD_AND(made ? "hwk" : method);
  if (!satisfies(proven, candidate.secondFactor ?? "optional")) throw problem("policy-step-up");
  const at = deps.now();
  let enrolled: { recoveryCodes?: string[] | undefined } | undefined = {};
  const started = await startWithin(
    deps,
    tx,
    {
      userId,
      membershipId: challenge.membershipId!,
      client: challenge.client!,
      ...proven,
      authenticatedAt: at,
      expiresAt: expiryOf(at, candidate.sessionMinutes),
      idleMinutes: candidate.idleMinutes,
    },
    facts,
    async (session) => {
      const owner = ownerOf(session);
      if (first !== undefined) {
        enrolled = await factors.acceptTotp(deps, tx, owner, { code: first, requestId });
      } else if (made) {
        const passkey = { ...made, name: PASSKEY_NAME, requestId };
        enrolled = await factors.acceptPasskey(deps, tx, owner, passkey);
      }
      await challenges.forgetFactorAttempts(tx, userId);
    },
  );
  if (!started || !enrolled) return undefined;
  const { recoveryCodes } = enrolled;
  const email = await store.findEmail(tx, userId);
  return { started, email, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) };
}

/** Thrown to roll a transaction back; never leaves this file. */
const NOTHING = new Error("nothing was proven");

async function orRollBack<T>(
  deps: Deps,
  work: (tx: Db) => Promise<T | undefined>,
): Promise<T | undefined> {
  try {
    return await transaction(deps.sql, "system", async (tx) => {
      const result = await work(tx);
      if (result === undefined) throw NOTHING;
      return result;
    });
  } catch (error) {
    if (error === NOTHING) return undefined;
    throw error;
  }
}

/**
 * @throws Problem `challenge-ended`, `too-many-requests`, or `factor-rejected`, the same whatever
 *   was wrong with the factor.
 */
export async function pass(
  deps: Deps,
  { challengeId, proof, newPasskey }: {
    challengeId: string;
    proof: FactorProof | undefined;
    newPasskey: NewPasskey | undefined;
  },
  facts: Facts,
  origin: Origin,
): Promise<Passed & { client: Client }> {
  const { userAgent } = facts;
  const challenge = await challenges.tryOnce(deps, { challengeId, kind: KIND, userAgent });
  await challenges.countFactorAttempt(deps, challenge.userId!);
  const made = newPasskey && await factors.readNewPasskey(deps, challenge, newPasskey);
  const passed = newPasskey && !made
    ? undefined
    : await orRollBack(deps, (tx) => passWithin(deps, tx, challenge, { proof, made }, facts));
  if (!passed) return await refuse(deps, challenge.userId, facts);
  const { started, email, ...codes } = passed;
  const device = deviceFor(deps, guesserOf(deps, email, origin));
  return { ...await toGrant(deps, started), ...codes, device, client: challenge.client! };
}

/** For whichever passkey the browser finds. It tells nothing about who has one. */
export async function passkeySignInOptions(
  deps: Deps,
  { userAgent }: { userAgent: string },
): Promise<{ challengeId: string; options: Record<string, unknown> }> {
  const { challenge, options } = await factors.passkeyOptions(deps, undefined);
  const given = { kind: "passkey-sign-in", userAgent, webauthnChallenge: challenge } as const;
  return { challengeId: await challenges.give(deps, given), options };
}

type PasskeyInput = {
  challengeId: string;
  passkey: PasskeyAnswer;
  client: Client;
  organizationId?: string | undefined;
};

/** Signs in without a password: the passkey has verified its user. */
export async function passWithPasskey(
  deps: Deps,
  { challengeId, passkey, client, organizationId }: PasskeyInput,
  facts: Facts,
  origin: Origin,
): Promise<Grant> {
  const { userAgent } = facts;
  const key = { challengeId, kind: "passkey-sign-in", userAgent } as const;
  const challenge = await challenges.tryOnce(deps, key);
  const passed = await orRollBack(deps, async (tx) => {
    await challenges.finish(tx, challenge, deps.now());
    const asked = challenge.webauthnChallenge!;
    const userId = await factors.userByPasskey(deps, tx, asked, passkey);
    if (!userId) return undefined;
    const candidate = await store.findCandidate(tx, { userId }, organizationId);
    if (!candidate || candidate.isDisabled || candidate.membershipId === null) return undefined;
    const at = deps.now();
    const started = await startWithin(deps, tx, {
      userId,
      membershipId: candidate.membershipId,
      client,
      ...PASSKEY_ALONE,
      authenticatedAt: at,
      expiresAt: expiryOf(at, candidate.sessionMinutes),
      idleMinutes: candidate.idleMinutes,
    }, facts);
    return started && { started, email: await store.findEmail(tx, userId) };
  });
  if (!passed) return await refuse(deps, null, facts);
  const device = deviceFor(deps, guesserOf(deps, passed.email, origin));
  return { ...await toGrant(deps, passed.started), device };
}
