/** Signing in: the one place where a password is asked for. */
import { PLATFORM } from "@praxis/shared/audit";
import { anonymous } from "@praxis/shared/auth";
import { call, type Db, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as credentials from "../credentials/credentials.ts";
import { pseudonymOf } from "../derived_keys.ts";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import * as challenges from "../challenges/challenges.ts";
import * as users from "../users/users.ts";
import { limitHeaders, takeAttempt } from "./attempts.ts";
import { deviceCookieName, issueDevice, readDevice } from "./devices.ts";
import { expiryOf, type MfaRequired, PASSWORD_ONLY, type SignIn } from "./model.ts";
import { type Facts, type Grant, startPlain, startWithin, toGrant } from "./starting.ts";
import * as store from "./store.ts";

export type { Facts, Grant } from "./starting.ts";

/** Signed in, or the password was right and a second factor is asked for. */
export type SignInAnswer = { kind: "granted"; grant: Grant } | { kind: "mfa"; mfa: MfaRequired };

/** Where a sign-in comes from. */
export type Origin = {
  /** What counts as one stranger's: an address, or its network. */
  address: string;
  /** The value of a cookie. */
  cookie(name: string): string | undefined;
};

type Refusal =
  | "too-many-attempts"
  | "unknown-account"
  | "wrong-password"
  | "user-disabled"
  | "not-a-member"
  | "changed-meanwhile";

/** An allowed candidate, or why not. To the outside every reason looks the same. */
function judge(
  candidate: store.Candidate | undefined,
  isRight: boolean,
): { membershipId: string; organizationId: string } | Refusal {
  if (!candidate) return "unknown-account";
  if (!isRight) return "wrong-password";
  if (candidate.isDisabled) return "user-disabled";
  const { membershipId, organizationId } = candidate;
  if (membershipId === null || organizationId === null) return "not-a-member";
  return { membershipId, organizationId };
}

/**
 * Nothing else is written with it, so it may share the group commit of the reads. It goes to the
 * clinic concerned where one is, and never holds the address.
 */
async function recordRefusal(
  { auditRead }: Deps,
  { reason, account, candidate, requestId }: {
    reason: Refusal;
    account: string;
    candidate?: store.Candidate | undefined;
    requestId: string;
  },
): Promise<void> {
  await auditRead({
    actor: anonymous,
    organizationId: candidate?.organizationId ?? PLATFORM,
    action: "session.refused",
    subject: candidate ? { type: "user", id: candidate.userId } : { type: "account", id: account },
    outcome: reason === "wrong-password" || reason === "unknown-account" ? "failed" : "refused",
    requestId,
    details: { reason },
  });
}

/**
 * Undefined when the sign-in is refused; that is on record then. When the password or the
 * membership becomes another between the look at it and the session, all is judged once again.
 */
async function trySignIn(
  deps: Deps,
  input: SignIn,
  account: string,
  facts: Facts,
  isLastTry = false,
): Promise<SignInAnswer | undefined> {
  const { email, password, client, organizationId } = input;
  const candidate = await call(
    deps.sql,
    (db) => store.findCandidate(db, { email }, organizationId),
  );
  const stored = candidate?.passwordHash ?? undefined;
  const isRight = await credentials.isRight(deps, stored, password);
  const verdict = judge(candidate, isRight);
  const { requestId } = facts;
  if (typeof verdict === "string" || !candidate) {
    const reason = typeof verdict === "string" ? verdict : "unknown-account";
    await recordRefusal(deps, { reason, account, candidate, requestId });
    return undefined;
  }
  const { userId } = candidate;
  const old = stored!;
  const renewed = await credentials.renewedHash(deps, old, password);
  const replaceHash = async (tx: Db) => {
    if (renewed === undefined) return;
    await credentials.replaceHash(tx, userId, { old, renewed }, deps.now());
  };
  const tryAgain = async () => {
    if (!isLastTry) return await trySignIn(deps, input, account, facts, true);
    await recordRefusal(deps, { reason: "changed-meanwhile", account, candidate, requestId });
    return undefined;
  };
  const asked = askedOf(candidate);
  if (asked) {
    const challengeId = await transaction(deps.sql, "system", async (tx) => {
      await users.lock(tx, userId);
      if (!await credentials.isCurrent(tx, userId, old)) return undefined;
      await replaceHash(tx);
      return await challenges.giveWithin(deps, tx, {
        kind: "second-factor",
        userAgent: facts.userAgent,
        userId,
        membershipId: verdict.membershipId,
        client,
      });
    });
    if (challengeId === undefined) return await tryAgain();
    return { kind: "mfa", mfa: { mfaRequired: true, challengeId, ...asked } };
  }
  const at = deps.now();
  const start = {
    userId,
    passwordHash: old,
    ...verdict,
    client,
    ...PASSWORD_ONLY,
    authenticatedAt: at,
    expiresAt: expiryOf(at, candidate.sessionMinutes),
    idleMinutes: candidate.idleMinutes,
  };
  const plain = renewed === undefined ? await startPlain(deps, start, facts) : "more";
  if (plain === "changed") return await tryAgain();
  const started = plain !== "more" ? plain : await transaction(
    deps.sql,
    "system",
    (tx) => startWithin(deps, tx, start, facts, () => replaceHash(tx)),
  );
  if (!started) return await tryAgain();
  return { kind: "granted", grant: await toGrant(deps, started) };
}

/**
 * What may be shown beside the password, and what must be enrolled before it; undefined when the
 * password is enough by itself.
 */
export function askedOf(
  { hasTotp, hasPasskey, hasRecoveryCodes, secondFactor }: store.Candidate,
): Pick<MfaRequired, "factors" | "enrol"> | undefined {
  const isPasskeyAsked = secondFactor === "passkey";
  if (!hasTotp && !hasPasskey) {
    if ((secondFactor ?? "optional") === "optional") return undefined;
    return { factors: [], enrol: isPasskeyAsked ? ["passkey"] : ["totp", "passkey"] };
  }
  const isEnough = hasPasskey || !isPasskeyAsked;
  const others = !isPasskeyAsked || !hasPasskey;
  return {
    factors: [
      ...hasTotp && others ? ["totp" as const] : [],
      ...hasPasskey ? ["passkey" as const] : [],
      ...hasRecoveryCodes && others ? ["recovery-code" as const] : [],
    ],
    ...isEnough ? {} : { enrol: ["passkey" as const] },
  };
}

/** The account of an address, and the device if it is known for that account. */
export function guesserOf(
  { encryptionKey, now }: Pick<Deps, "encryptionKey" | "now">,
  email: string,
  { address, cookie }: Origin,
) {
  const account = pseudonymOf(encryptionKey, email);
  const device = readDevice(encryptionKey, account, now(), cookie(deviceCookieName(account)));
  return { account, device, address: pseudonymOf(encryptionKey, address) };
}

/** What makes this browser known for the account it has just signed in to. */
export function deviceFor(
  { encryptionKey, now }: Pick<Deps, "encryptionKey" | "now">,
  { account, device }: { account: string; device: string | undefined },
): { name: string; value: string } {
  const value = issueDevice(encryptionKey, account, now(), device);
  return { name: deviceCookieName(account), value };
}

/**
 * Starts a session.
 * @throws Problem `credentials-rejected`, the same whatever was wrong; `too-many-requests`;
 *   `unavailable` when too many passwords wait to be hashed.
 */
export function start(
  deps: Deps,
  input: SignIn,
  facts: Facts,
  origin: Origin,
): Promise<SignInAnswer> {
  return deps.admission(() => startAdmitted(deps, input, facts, origin));
}

async function startAdmitted(
  deps: Deps,
  input: SignIn,
  facts: Facts,
  origin: Origin,
): Promise<SignInAnswer> {
  if (input.region !== undefined && input.region !== deps.region) {
    throw common("invalid-request", {
      errors: [{ pointer: "/region", detail: "This deployment serves another region." }],
    });
  }
  const guesser = guesserOf(deps, input.email, origin);
  const { account } = guesser;
  const attempt = await takeAttempt(deps, guesser);
  if (!attempt.isAllowed) {
    const { requestId } = facts;
    await recordRefusal(deps, { reason: "too-many-attempts", account, requestId });
    throw common("too-many-requests", { headers: limitHeaders(attempt) });
  }
  let isWrong = false;
  try {
    const answer = await trySignIn(deps, input, account, facts);
    isWrong = answer === undefined;
    if (!answer) throw problem("credentials-rejected");
    if (answer.kind === "mfa") return answer;
    if (input.client === "api") return answer;
    return { kind: "granted", grant: { ...answer.grant, device: deviceFor(deps, guesser) } };
  } finally {
    // Neither a right password nor a failure of ours is a guess.
    if (!isWrong) attempt.giveBack();
  }
}
