/** What a code, a refresh token or a client's own secret is exchanged for. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { expectWithinLimit } from "../limits.ts";
import { satisfies } from "../policies/model.ts";
import { permissionsOfProgram } from "../roles/model.ts";
import { expiryOf, judge, refreshExpiryOf } from "../sessions/model.ts";
import {
  createOwnStanding,
  ownerOf,
  revokeBeyondWithin,
  revokeWithin,
} from "../sessions/sessions.ts";
import * as users from "../users/users.ts";
import { claimsOf, ownClaimsOf, signAccessToken, signIdToken } from "./client_tokens.ts";
import { clientActor } from "./clients.ts";
import {
  type Client,
  grantable,
  isRefused,
  isVerifier,
  readScope,
  type Refused,
  refused,
  type TokenAnswer,
} from "./model.ts";
import { hashOf, newSecret, successorOf } from "./secrets.ts";
import * as store from "./store.ts";

type Facts = { requestId: string };
type Form = ReadonlyMap<string, string>;

/** A grant without a refresh token ends with its one access token. */
const ONE_TOKEN_MS = 600_000;

/** A token lasts for minutes: a program that asks more often keeps none. */
const OWN_TOKENS = { limit: 120, seconds: 60 };

type Granted = {
  session: store.ProvenSession;
  scope: string[];
  nonce: string | null;
  refreshToken: string | undefined;
};
type Outcome = Granted | (Refused & { isRevokedNow: boolean });

const no = (isRevokedNow = false): Outcome => ({ ...refused("invalid_grant"), isRevokedNow });

const isLive = ({ revokedAt, expiresAt, isMember }: store.ProvenSession, now: Date) =>
  !revokedAt && now < expiresAt && isMember;

function entry(
  client: Client,
  { requestId }: Facts,
  given: Pick<AuditEntry, "action" | "subject"> & Partial<AuditEntry>,
): AuditEntry {
  const { organizationId } = client;
  return { actor: clientActor(client), organizationId, requestId, ...given };
}

/** Signs what was granted, as far as its user still has it. */
async function answer(
  deps: Deps,
  client: Client,
  granted: Granted,
): Promise<TokenAnswer | Refused> {
  const claims = claimsOf(deps, granted.session);
  const held = await createOwnStanding(deps).permissions(claims);
  if (!held) return refused("invalid_grant");
  const scope = grantable(granted.scope, client, held);
  return {
    ...await signAccessToken(deps, claims, client, scope),
    token_type: "Bearer",
    scope: scope.join(" "),
    ...(granted.refreshToken === undefined ? {} : { refresh_token: granted.refreshToken }),
    ...(scope.includes("openid")
      ? { id_token: await signIdToken(deps, claims, client, granted.nonce) }
      : {}),
  };
}

async function settle(
  deps: Deps,
  client: Client,
  work: (tx: Db) => Promise<Outcome>,
): Promise<TokenAnswer | Refused> {
  // What ends a grant must be committed, although the answer is a refusal.
  const outcome = await transaction(deps.sql, "system", work);
  if (!isRefused(outcome)) return await answer(deps, client, outcome);
  if (outcome.isRevokedNow) deps.bell.ring();
  return refused(outcome.error);
}

async function revoke(
  deps: Deps,
  tx: Db,
  client: Client,
  sessionId: string,
  { requestId }: Facts,
  action: "session.revoked" | "session.reuse_detected",
): Promise<boolean> {
  const ending = { actor: clientActor(client), action, requestId };
  return await revokeWithin(tx, sessionId, ending, deps.now());
}

async function insertRefreshToken(
  deps: Deps,
  tx: Db,
  session: Pick<
    store.LockedSession,
    "id" | "organizationId" | "expiresAt" | "idleMinutes"
  >,
  { token, parentId }: { token: string; parentId: string | null },
): Promise<void> {
  const at = deps.now();
  await store.insertRefreshToken(tx, {
    id: newId(),
    organizationId: session.organizationId,
    sessionId: session.id,
    parentId,
    tokenHash: hashOf(token),
    createdAt: at,
    expiresAt: refreshExpiryOf(session, at),
  });
}

/** A session for what the user agreed to, as strong as the one they agreed in. */
async function startGrant(
  deps: Deps,
  tx: Db,
  client: Client,
  code: store.Code,
  parent: store.LockedSession,
): Promise<Granted> {
  const at = deps.now();
  const isOffline = code.scope.includes("offline_access");
  const session = {
    ...parent,
    id: newId(),
    expiresAt: isOffline
      ? expiryOf(at, parent.sessionMinutes)
      : new Date(at.getTime() + ONE_TOKEN_MS),
  };
  await store.insertSession(tx, { ...session, clientName: client.name }, at);
  const { organizationId } = client;
  const { scope, nonce } = code;
  await store.insertGrant(tx, {
    sessionId: session.id,
    organizationId,
    clientId: client.id,
    scope,
  });
  const refreshToken = isOffline ? newSecret(deps.region) : undefined;
  if (refreshToken !== undefined) {
    await insertRefreshToken(deps, tx, session, { token: refreshToken, parentId: null });
  }
  return { session, scope, nonce, refreshToken };
}

/** RFC 6749 §4.1.3. A code that comes a second time ends what the first time gave (§4.1.2). */
export async function exchangeCode(
  deps: Deps,
  client: Client,
  form: Form,
  facts: Facts,
): Promise<TokenAnswer | Refused> {
  const [given, verifier] = [form.get("code"), form.get("code_verifier")];
  if (given === undefined || verifier === undefined) return refused("invalid_request");
  const codeHash = hashOf(given);
  return await settle(deps, client, async (tx) => {
    const at = deps.now();
    const code = await store.lockCode(tx, codeHash);
    const refuse = async (reason: string) => {
      const subject = { type: "oauth_client", id: client.id };
      const action = "oauth_code.refused";
      const details = { reason };
      await record(tx, at, entry(client, facts, { action, subject, outcome: "refused", details }));
      return no();
    };
    if (!code) return await refuse("unknown");
    if (code.clientId !== client.id) return await refuse("another-client");
    if (code.usedAt) {
      if (code.grantId === null) return await refuse("used");
      return no(await revoke(deps, tx, client, code.grantId, facts, "session.reuse_detected"));
    }
    if (at >= code.expiresAt) return await refuse("expired");
    // From here on it is used up, also by a wrong verifier: nobody gets a second guess.
    if (form.get("redirect_uri") !== code.redirectUri) {
      await store.markCodeUsed(tx, codeHash, null, at);
      return await refuse("another-redirect");
    }
    if (!isVerifier(verifier, code.codeChallenge)) {
      await store.markCodeUsed(tx, codeHash, null, at);
      return await refuse("wrong-verifier");
    }
    const asker = await store.findSession(tx, code.sessionId);
    // Before the session: whoever ends all of the user's sessions must not miss the new one.
    if (asker) await users.lock(tx, asker.userId);
    const parent = asker && await store.lockSession(tx, code.sessionId);
    if (!parent || !isLive(parent, at)) return await refuse("session-ended");
    if (!satisfies(parent, parent.secondFactor ?? "optional")) return await refuse("policy");
    const granted = await startGrant(deps, tx, client, code, parent);
    await revokeBeyondWithin(tx, granted.session, facts, at);
    await store.markCodeUsed(tx, codeHash, granted.session.id, at);
    await record(
      tx,
      at,
      entry(client, facts, {
        actor: { ...ownerOf(granted.session), clientId: client.id },
        action: "session.started",
        subject: { type: "session", id: granted.session.id },
        details: { scope: granted.scope },
      }),
    );
    return granted;
  });
}

/** RFC 6749 §6, with the rules of our own sessions: one use, and a second one ends the grant. */
export async function refreshGrant(
  deps: Deps,
  client: Client,
  form: Form,
  facts: Facts,
): Promise<TokenAnswer | Refused> {
  const given = form.get("refresh_token");
  if (given === undefined) return refused("invalid_request");
  const asked = form.has("scope") ? readScope(form.get("scope")!) : undefined;
  if (form.has("scope") && !asked) return refused("invalid_scope");
  const tokenHash = hashOf(given);
  return await settle(deps, client, async (tx) => {
    const at = deps.now();
    const known = await store.findRefreshToken(tx, tokenHash);
    const grant = known && await store.findGrant(tx, known.sessionId);
    if (!known || !grant || grant.clientId !== client.id) {
      const subject = { type: "oauth_client", id: client.id };
      const action = "oauth_refresh.refused";
      await record(tx, at, entry(client, facts, { action, subject, outcome: "refused" }));
      return no();
    }
    if (asked && !asked.every((name) => grant.scope.includes(name))) {
      return { ...refused("invalid_scope"), isRevokedNow: false };
    }
    const session = (await store.lockSession(tx, known.sessionId))!;
    // Read again under the lock: whoever held it before may have used the token.
    const token = await store.findRefreshToken(tx, tokenHash) ?? known;
    const scope = asked ?? grant.scope;
    const granted = { session, scope, nonce: null, refreshToken: successorOf(given, deps) };
    const subject = { type: "session", id: session.id };
    const verdict = judge(token, session, at);
    const isEnough = satisfies(session, session.secondFactor ?? "optional");
    switch (verdict === "current" && !isEnough ? "ended" : verdict) {
      case "repeated":
        return granted;
      case "current":
        await store.markRefreshTokenUsed(tx, token.id, at);
        await insertRefreshToken(deps, tx, session, {
          token: granted.refreshToken,
          parentId: token.id,
        });
        await store.touchSession(tx, session.id, at);
        await record(tx, at, entry(client, facts, { action: "session.refreshed", subject }));
        return granted;
      case "reused":
        return no(await revoke(deps, tx, client, session.id, facts, "session.reuse_detected"));
      default: {
        const action = "session.refresh_refused";
        await record(tx, at, entry(client, facts, { action, subject, outcome: "refused" }));
        return no();
      }
    }
  });
}

/**
 * RFC 6749 §4.4: a confidential client for itself, within what it was registered for. Tokens are
 * signed and stored nowhere, so their number is bounded by how often they are given.
 * @throws Problem `too-many-requests`
 */
export async function grantOwn(
  deps: Deps,
  client: Client,
  form: Form,
  { requestId }: Facts,
): Promise<TokenAnswer | Refused> {
  if (client.kind !== "confidential") return refused("unauthorized_client");
  const allowed = permissionsOfProgram(client.permissions);
  const asked = form.has("scope") ? readScope(form.get("scope")!) : allowed;
  const scope = asked?.filter((name) => (allowed as readonly string[]).includes(name)) ?? [];
  if (scope.length === 0) return refused("invalid_scope");
  await expectWithinLimit(deps, `program:${client.id}`, OWN_TOKENS);
  await deps.auditRead({
    actor: clientActor(client),
    organizationId: client.organizationId,
    action: "oauth_token.issued",
    subject: { type: "oauth_client", id: client.id },
    requestId,
    details: { scope },
  });
  return {
    ...await signAccessToken(deps, ownClaimsOf(deps, client), client, scope),
    token_type: "Bearer",
    scope: scope.join(" "),
  };
}

/** Ends the grant behind a token of this client; says nothing of whether there was one (RFC 7009). */
export async function revokeGrant(
  deps: Deps,
  client: Client,
  { token, sessionId, requestId }: Facts & { token: string; sessionId: string | undefined },
): Promise<void> {
  const isRevokedNow = await transaction(deps.sql, "system", async (tx) => {
    const id = sessionId ?? (await store.findRefreshToken(tx, hashOf(token)))?.sessionId;
    const grant = id === undefined ? undefined : await store.findGrant(tx, id);
    if (grant?.clientId !== client.id) return false;
    return await revoke(deps, tx, client, grant.sessionId, { requestId }, "session.revoked");
  });
  if (isRevokedNow) deps.bell.ring();
}
