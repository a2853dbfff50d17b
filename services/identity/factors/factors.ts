/** What can be done with second factors: enrol, prove, list, remove, and recover without them. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import * as challenges from "../challenges/challenges.ts";
import type { Challenge } from "../challenges/model.ts";
import type { Deps } from "../deps.ts";
import * as mails from "../mails/mails.ts";
import { problem } from "../problems.ts";
import * as sessions from "../sessions/sessions.ts";
import * as users from "../users/users.ts";
import {
  base32,
  type Enrolled,
  ENROLMENT_MS,
  type FactorKind,
  type FactorList,
  FACTORS_MAX,
  matchingStep,
  type Method,
  type NewPasskey,
  newRecoveryCode,
  type PasskeyAnswer,
  type Proof,
  RECOVERY_CODES,
  recoveryHashOf,
} from "./model.ts";
import * as passkeys from "./passkeys.ts";
import { seal, unseal } from "./secrets.ts";
import * as store from "./store.ts";

type Facts = { requestId: string };
const SECRET_BYTES = 20;
const ISSUER = "Praxis";

export async function list({ sql }: Deps, { userId }: UserActor): Promise<FactorList> {
  return await read(sql, "system", async (tx) => ({
    items: await store.list(tx, userId),
    recoveryCodesLeft: await store.countRecoveryCodes(tx, userId),
  }));
}

/** Within `tx`. The kinds a user can prove now. */
export async function kindsOf(tx: Db, userId: string): Promise<Set<FactorKind>> {
  return new Set((await store.list(tx, userId)).map(({ kind }) => kind));
}

/** Within `tx`. A code counts once, also for two at the same moment. */
async function useCode(deps: Deps, tx: Db, totps: store.Totp[], code: string): Promise<boolean> {
  const at = deps.now();
  for (const { id, secret } of totps) {
    const step = matchingStep(unseal(deps.encryptionKey, id, secret), code, at);
    if (step !== undefined) return await store.useStep(tx, { id, step }, at);
  }
  return false;
}

async function useRecoveryCode(
  deps: Deps,
  tx: Db,
  { userId, code, requestId }: { userId: string; code: string; requestId: string },
): Promise<boolean> {
  const at = deps.now();
  if (!await store.useRecoveryCode(tx, { userId, hash: recoveryHashOf(code) }, at)) return false;
  const left = String(await store.countRecoveryCodes(tx, userId));
  const to = await store.findEmail(tx, userId);
  const mail = { to, template: "recovery-code-used", variables: { left } } as const;
  await mails.request(tx, mail, { at, requestId });
  return true;
}

/** Within `tx`, which must be rolled back when the answer is undefined. */
export async function proveWithin(
  deps: Deps,
  tx: Db,
  { userId, proof, webauthnChallenge, requestId }: {
    userId: string;
    proof: Proof;
    webauthnChallenge: string | null;
    requestId: string;
  },
): Promise<Method | undefined> {
  if ("code" in proof) {
    const totps = await store.listTotps(tx, userId);
    return await useCode(deps, tx, totps, proof.code) ? "otp" : undefined;
  }
  if ("recoveryCode" in proof) {
    const code = proof.recoveryCode;
    return await useRecoveryCode(deps, tx, { userId, code, requestId }) ? "recovery" : undefined;
  }
  if (webauthnChallenge === null) return undefined;
  const found = await passkeys.useWithin(deps, tx, webauthnChallenge, proof.passkey);
  return found === userId ? "hwk" : undefined;
}

/** Within `tx`. Whose passkey this is, when nobody has said. */
export async function userByPasskey(
  deps: Deps,
  tx: Db,
  webauthnChallenge: string,
  answer: PasskeyAnswer,
): Promise<string | undefined> {
  const owner = await store.findPasskeyOwner(tx, answer.id);
  if (owner === undefined) return undefined;
  await users.lock(tx, owner);
  return await passkeys.useWithin(deps, tx, webauthnChallenge, answer);
}

/** For the passkeys of a user, or, without one, for whichever the browser finds. */
export async function passkeyOptions(
  deps: Deps,
  userId: string | undefined,
): Promise<{ challenge: string; options: Record<string, unknown> }> {
  const known = userId === undefined
    ? []
    : await read(deps.sql, "system", (tx) => store.listPasskeys(tx, userId));
  return await passkeys.signInOptions(deps, known);
}

async function expectRoom(tx: Db, userId: string): Promise<void> {
  await users.lock(tx, userId);
  if ((await store.list(tx, userId)).length >= FACTORS_MAX) throw problem("factors-full");
}

/** A secret that counts once its first code was shown. The caller has made sure who asks. */
export async function offerTotp(
  deps: Deps,
  { userId, name }: { userId: string; name: string },
): Promise<{ factorId: string; secret: string; uri: string }> {
  const factorId = newId();
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const sealed = seal(deps.encryptionKey, factorId, bytes);
  const email = await transaction(deps.sql, "system", async (tx) => {
    await expectRoom(tx, userId);
    await store.insertTotp(tx, { id: factorId, userId, name, secret: sealed }, deps.now());
    return await store.findEmail(tx, userId);
  });
  const secret = base32(bytes);
  const label = `${encodeURIComponent(ISSUER)}:${encodeURIComponent(email)}`;
  const uri = `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(ISSUER)}`;
  return { factorId, secret, uri };
}

export async function startTotp(deps: Deps, actor: UserActor, { name }: { name: string }) {
  await sessions.expectSteppedUp(deps, actor);
  return await offerTotp(deps, { userId: actor.userId, name });
}

/** Within `tx`. Undefined when the code is not the offered secret's. */
export async function acceptTotp(
  deps: Deps,
  tx: Db,
  actor: UserActor,
  { factorId, code, requestId }: { factorId?: string; code: string; requestId: string },
): Promise<Enrolled | undefined> {
  const { userId } = actor;
  const at = deps.now();
  await expectRoom(tx, userId);
  const since = new Date(at.getTime() - ENROLMENT_MS);
  const offered = await store.findUnconfirmed(tx, { id: factorId, userId, since });
  if (!offered || !await useCode(deps, tx, [offered], code)) return undefined;
  const isFirst = (await store.list(tx, userId)).length === 0;
  await store.confirm(tx, offered.id, at);
  return await enrolled(deps, tx, actor, { id: offered.id, isFirst, requestId });
}

async function enrolled(
  deps: Deps,
  tx: Db,
  actor: UserActor,
  { id, isFirst, requestId }: { id: string; isFirst: boolean; requestId: string },
): Promise<Enrolled> {
  const { userId, organizationId } = actor;
  const at = deps.now();
  const factor = await store.find(tx, { id, userId });
  if (!factor) throw new Error("a factor vanished within its transaction");
  const recoveryCodes = isFirst ? await renewCodes(tx, userId) : undefined;
  const mail = {
    to: await store.findEmail(tx, userId),
    template: "factor-added",
    variables: { kind: factor.kind },
  } as const;
  await mails.request(tx, mail, { at, requestId });
  await record(tx, at, {
    actor,
    organizationId,
    action: "factor.added",
    subject: { type: "user", id: userId },
    requestId,
    details: { factorId: id, kind: factor.kind },
  });
  return { factor, ...(recoveryCodes === undefined ? {} : { recoveryCodes }) };
}

export async function confirmTotp(
  deps: Deps,
  actor: UserActor,
  { factorId, code, requestId }: { factorId: string; code: string } & Facts,
): Promise<Enrolled> {
  await sessions.expectSteppedUp(deps, actor);
  await challenges.countFactorAttempt(deps, actor.userId);
  return await transaction(deps.sql, "system", async (tx) => {
    const done = await acceptTotp(deps, tx, actor, { factorId, code, requestId });
    if (!done) throw problem("factor-rejected");
    await challenges.forgetFactorAttempts(tx, actor.userId);
    return done;
  });
}

/** What a browser needs to make a passkey. The caller has made sure who asks. */
export async function offerPasskey(deps: Deps, who: Pick<UserActor, "userId">) {
  const { email, fullName } = await users.getMe(deps, who);
  const known = await read(deps.sql, "system", (tx) => store.listPasskeys(tx, who.userId));
  return await passkeys.enrolmentOptions(deps, { ...who, email, fullName, passkeys: known });
}

export async function startPasskey(
  deps: Deps,
  actor: UserActor,
  { userAgent }: { userAgent: string },
): Promise<{ challengeId: string; options: Record<string, unknown> }> {
  await sessions.expectSteppedUp(deps, actor);
  const { userId } = actor;
  const { challenge, options } = await offerPasskey(deps, actor);
  const challengeId = await challenges.give(deps, {
    kind: "passkey-enrolment",
    userAgent,
    userId,
    webauthnChallenge: challenge,
  });
  return { challengeId, options };
}

export async function addPasskey(
  deps: Deps,
  actor: UserActor,
  input: { challengeId: string; name: string; passkey: NewPasskey; userAgent: string } & Facts,
): Promise<Enrolled> {
  await sessions.expectSteppedUp(deps, actor);
  const { challengeId, name, userAgent, requestId } = input;
  const { userId } = actor;
  const challenge = await challenges.tryOnce(deps, {
    challengeId,
    kind: "passkey-enrolment",
    userAgent,
  });
  if (challenge.userId !== userId) throw problem("challenge-ended");
  const made = await readNewPasskey(deps, challenge, input.passkey);
  if (!made) throw problem("factor-rejected");
  return await transaction(deps.sql, "system", async (tx) => {
    await challenges.finish(tx, challenge, deps.now());
    return await acceptPasskey(deps, tx, actor, { ...made, name, requestId });
  });
}

export type MadePasskey = passkeys.Verified & { transports: string[] };

/** Undefined when it is not the answer to the challenge, made here, by a user who was verified. */
export async function readNewPasskey(
  deps: Deps,
  { webauthnChallenge }: Challenge,
  passkey: NewPasskey,
): Promise<MadePasskey | undefined> {
  const verified = await passkeys.verifyNew(deps, webauthnChallenge ?? "", passkey);
  return verified && { ...verified, transports: passkey.response.transports ?? [] };
}

/** Within `tx`. @throws Problem `factors-full`, `factor-taken` */
export async function acceptPasskey(
  deps: Deps,
  tx: Db,
  actor: UserActor,
  { requestId, ...made }: MadePasskey & { name: string } & Facts,
): Promise<Enrolled> {
  const { userId } = actor;
  await expectRoom(tx, userId);
  const isFirst = (await store.list(tx, userId)).length === 0;
  const passkey = { id: newId(), userId, ...made };
  if (!await store.insertPasskey(tx, passkey, deps.now())) throw problem("factor-taken");
  return await enrolled(deps, tx, actor, { id: passkey.id, isFirst, requestId });
}

/** @throws Problem `last-factor` when one of the user's clinics asks for a second factor. */
export async function remove(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: { id: string } & Facts,
): Promise<void> {
  const { userId, organizationId } = actor;
  // Before the step-up: what is not there needs none, and looks like another's.
  const found = await read(deps.sql, "system", (tx) => store.find(tx, { id, userId }));
  if (!found) throw problem("factor-not-found");
  await sessions.expectSteppedUp(deps, actor);
  const at = deps.now();
  await transaction(deps.sql, "system", async (tx) => {
    await users.lock(tx, userId);
    const all = await store.list(tx, userId);
    if (!all.some((factor) => factor.id === id)) throw problem("factor-not-found");
    const isLast = all.length === 1;
    if (isLast && await store.isFactorAsked(tx, userId)) throw problem("last-factor");
    await store.remove(tx, { id, userId });
    // Codes for getting past a factor that is no longer there would only be a weaker password.
    if (isLast) await store.replaceRecoveryCodes(tx, userId, []);
    const mail = {
      to: await store.findEmail(tx, userId),
      template: "factor-removed",
      variables: { kind: found.kind },
    } as const;
    await mails.request(tx, mail, { at, requestId });
    await record(tx, at, {
      actor,
      organizationId,
      action: "factor.removed",
      subject: { type: "user", id: userId },
      requestId,
      details: { factorId: id, kind: found.kind },
    });
  });
}

async function renewCodes(tx: Db, userId: string): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await store.replaceRecoveryCodes(tx, userId, codes.map(recoveryHashOf));
  return codes;
}

/** Ten new codes; the old ones are worth nothing any more. */
export async function renewRecoveryCodes(
  deps: Deps,
  actor: UserActor,
  { requestId }: Facts,
): Promise<string[]> {
  await sessions.expectSteppedUp(deps, actor, { needsFactor: true });
  const { userId, organizationId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, "system", async (tx) => {
    // Two at once would each leave the other's codes alone, which neither has seen.
    await users.lock(tx, userId);
    const codes = await renewCodes(tx, userId);
    const to = await store.findEmail(tx, userId);
    await mails.request(tx, { to, template: "recovery-codes-renewed" }, { at, requestId });
    await record(tx, at, {
      actor,
      organizationId,
      action: "recovery_codes.renewed",
      subject: { type: "user", id: userId },
      requestId,
    });
    return codes;
  });
}
