/** Signing in: the one place where a password is asked for. */
import { PLATFORM, record } from "@praxis/shared/audit";
import { anonymous } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as credentials from "../credentials/credentials.ts";
import { pseudonymOf } from "../derived_keys.ts";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { issueAccessToken } from "./access_tokens.ts";
import { limitHeaders, takeAttempt } from "./attempts.ts";
import {
  type Client,
  expiryOf,
  PASSWORD_ONLY,
  type Proof,
  refreshExpiryOf,
  type SignIn,
} from "./model.ts";
import { hashOf, newRefreshToken } from "./refresh_tokens.ts";
import { ownerOf } from "./sessions.ts";
import * as store from "./store.ts";

export type Facts = { requestId: string; userAgent: string };

export type Grant = {
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
  refreshExpiresAt: Date;
};

type Refusal =
  | "too-many-attempts"
  | "unknown-account"
  | "wrong-password"
  | "user-disabled"
  | "not-a-member";

/** An allowed candidate, or why not. To the outside every reason looks the same. */
function judge(
  candidate: store.Candidate | undefined,
  isRight: boolean,
): { membershipId: string } | Refusal {
  if (!candidate) return "unknown-account";
  if (!isRight) return "wrong-password";
  if (candidate.isDisabled) return "user-disabled";
  if (candidate.membershipId === null) return "not-a-member";
  return { membershipId: candidate.membershipId };
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

async function insertSession(
  deps: Deps,
  input: { membershipId: string; client: Client },
  { requestId, userAgent }: Facts,
  also: (tx: Parameters<typeof store.insert>[0], session: Proof) => Promise<void>,
): Promise<{ session: Proof; refreshToken: string; refreshExpiresAt: Date } | undefined> {
  const at = deps.now();
  return await transaction(deps.sql, "system", async (tx) => {
    const session = await store.insert(tx, {
      id: newId(),
      ...input,
      ...PASSWORD_ONLY,
      userAgent,
      authenticatedAt: at,
      expiresAt: expiryOf(at),
    });
    if (!session) return undefined;
    const refreshToken = newRefreshToken(deps.region);
    const refreshExpiresAt = refreshExpiryOf(session, at);
    await store.insertToken(tx, {
      id: newId(),
      organizationId: session.organizationId,
      sessionId: session.id,
      parentId: null,
      tokenHash: hashOf(refreshToken),
      createdAt: at,
      expiresAt: refreshExpiresAt,
    });
    await also(tx, session);
    await record(tx, at, {
      actor: ownerOf(session),
      organizationId: session.organizationId,
      action: "session.started",
      subject: { type: "session", id: session.id },
      requestId,
      details: { client: input.client, amr: session.amr },
    });
    return { session, refreshToken, refreshExpiresAt };
  });
}

/** Undefined when the sign-in is refused; that is on record then. */
async function trySignIn(
  deps: Deps,
  { email, password, client, organizationId }: SignIn,
  account: string,
  facts: Facts,
): Promise<Grant | undefined> {
  const candidate = await read(
    deps.sql,
    "system",
    (tx) => store.findCandidate(tx, email, organizationId),
  );
  const stored = candidate?.passwordHash ?? undefined;
  const isRight = await credentials.isRight(deps, stored, password);
  const verdict = judge(candidate, isRight);
  const { requestId } = facts;
  if (typeof verdict === "string") {
    await recordRefusal(deps, { reason: verdict, account, candidate, requestId });
    return undefined;
  }
  const old = stored!;
  const renewed = await credentials.renewedHash(deps, old, password);
  const started = await insertSession(deps, { ...verdict, client }, facts, async (tx, session) => {
    if (renewed === undefined) return;
    await credentials.replaceHash(tx, session.userId, { old, renewed }, deps.now());
  });
  if (!started) {
    await recordRefusal(deps, { reason: "not-a-member", account, candidate, requestId });
    return undefined;
  }
  const { session, ...refresh } = started;
  return { ...await issueAccessToken(deps, session), ...refresh };
}

/**
 * Starts a session.
 * @throws Problem `credentials-rejected`, the same whatever was wrong; `too-many-requests`;
 *   `unavailable` when too many passwords wait to be hashed.
 */
export async function start(deps: Deps, input: SignIn, facts: Facts): Promise<Grant> {
  if (input.region !== undefined && input.region !== deps.region) {
    throw common("invalid-request", {
      errors: [{ pointer: "/region", detail: "This deployment serves another region." }],
    });
  }
  const account = pseudonymOf(deps.encryptionKey, input.email);
  const attempt = await takeAttempt(deps, account);
  if (!attempt.isAllowed) {
    const { requestId } = facts;
    await recordRefusal(deps, { reason: "too-many-attempts", account, requestId });
    throw common("too-many-requests", { headers: limitHeaders(attempt) });
  }
  let isWrong = false;
  try {
    const grant = await trySignIn(deps, input, account, facts);
    isWrong = grant === undefined;
    if (!grant) throw problem("credentials-rejected");
    return grant;
  } finally {
    // Neither a right password nor a failure of ours is a guess.
    if (!isWrong) await attempt.giveBack();
  }
}
