/** Asking a user for consent, and the code that says they gave it (RFC 6749 §4.1, RFC 7636). */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { findClient } from "./clients.ts";
import {
  answerTo,
  type AuthorizationError,
  type AuthorizationRequest,
  type Client,
  CODE_KEPT_MS,
  CODE_MS,
  type ConsentDetails,
  grantable,
  once,
  readAuthorization,
} from "./model.ts";
import { hashOf, newSecret } from "./secrets.ts";
import * as store from "./store.ts";

/** Where an answer may go: known only once client and redirect URI are known to belong together. */
type Asker = { client: Client; redirectUri: string; state: string | null };

/**
 * @throws Problem `authorization-request-invalid`, shown to the user: until the redirect URI is
 *   known to be the client's, nobody may be sent there (RFC 9700 §4.11).
 */
async function askerOf(deps: Deps, params: URLSearchParams): Promise<Asker> {
  const refuse = () => problem("authorization-request-invalid");
  const [id, redirectUri] = [once(params, "client_id"), once(params, "redirect_uri")];
  if (!id || !redirectUri) throw refuse();
  const client = await findClient(deps, id);
  // To the letter (RFC 9700 §2.1): no prefix, no pattern, no second spelling.
  if (!client || !client.redirectUris.includes(redirectUri)) throw refuse();
  return { client, redirectUri, state: once(params, "state") ?? null };
}

function errorTo(
  { publicUrl }: Pick<Deps, "publicUrl">,
  { redirectUri, state }: Asker,
  error: AuthorizationError,
): string {
  return answerTo(redirectUri, { error, state, iss: publicUrl });
}

/**
 * Where to send a browser that came with an authorization request: to our own page, where its user
 * is signed in or can sign in, or back with what is wrong.
 */
export async function begin(deps: Deps, query: string): Promise<string> {
  const params = new URLSearchParams(query);
  const asker = await askerOf(deps, params);
  const request = readAuthorization(params);
  if (typeof request === "string") return errorTo(deps, asker, request);
  // The browser's session lies in a cookie for /auth, which does not come here: only our page knows.
  if (request.isSilent) return errorTo(deps, asker, "login_required");
  return new URL(`/authorize?${params}`, deps.publicUrl).href;
}

/** A client of another clinic is no client here. */
async function ownAskerOf(deps: Deps, actor: UserActor, params: URLSearchParams): Promise<Asker> {
  const asker = await askerOf(deps, params);
  if (asker.client.organizationId !== actor.organizationId) {
    throw problem("authorization-request-invalid");
  }
  return asker;
}

/** What the user is asked. */
export async function describe(
  deps: Deps,
  actor: UserActor,
  query: string,
): Promise<ConsentDetails> {
  const params = new URLSearchParams(query);
  const { client, redirectUri } = await ownAskerOf(deps, actor, params);
  const request = readAuthorization(params);
  const scope = typeof request === "string"
    ? []
    : grantable(request.scope, client, actor.permissions);
  return { client: { id: client.id, name: client.name }, redirectUri, scope };
}

async function insertCode(
  deps: Deps,
  actor: UserActor,
  { client, redirectUri }: Asker,
  { codeChallenge, nonce }: AuthorizationRequest,
  { scope, requestId }: { scope: string[]; requestId: string },
): Promise<string> {
  const { organizationId, userId, sessionId } = actor;
  const at = deps.now();
  const code = newSecret(deps.region);
  await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    await store.removeOldCodes(tx, client.id, new Date(at.getTime() - CODE_KEPT_MS));
    await store.insertCode(tx, hashOf(code), {
      organizationId,
      clientId: client.id,
      sessionId,
      redirectUri,
      codeChallenge,
      scope,
      nonce,
      expiresAt: new Date(at.getTime() + CODE_MS),
    });
    await record(tx, at, {
      actor,
      organizationId,
      action: "oauth_client.authorized",
      subject: { type: "oauth_client", id: client.id },
      requestId,
      details: { scope },
    });
  });
  return code;
}

/** The user's answer, as the address to send their browser to. */
export async function decide(
  deps: Deps,
  actor: UserActor,
  { query, decision, requestId }: {
    query: string;
    decision: "allow" | "deny";
    requestId: string;
  },
): Promise<string> {
  const params = new URLSearchParams(query);
  const asker = await ownAskerOf(deps, actor, params);
  const request = readAuthorization(params);
  if (typeof request === "string") return errorTo(deps, asker, request);
  const { client, redirectUri, state } = asker;
  const { organizationId, sessionId, userId } = actor;
  if (decision === "deny") {
    await deps.auditRead({
      actor,
      organizationId,
      action: "oauth_client.denied",
      subject: { type: "oauth_client", id: client.id },
      outcome: "refused",
      requestId,
    });
    return errorTo(deps, asker, "access_denied");
  }
  const now = deps.now();
  const session = await read(
    deps.sql,
    { organizationId, userId },
    (tx) => store.findAuthentication(tx, { sessionId, userId, now }),
  );
  if (!session) throw common("not-signed-in");
  const ageSeconds = (now.getTime() - session.authenticatedAt.getTime()) / 1000;
  if (request.maxAgeSeconds !== undefined && ageSeconds > request.maxAgeSeconds) {
    return errorTo(deps, asker, "login_required");
  }
  const scope = grantable(request.scope, client, actor.permissions);
  if (scope.length === 0) return errorTo(deps, asker, "invalid_scope");
  const code = await insertCode(deps, actor, asker, request, { scope, requestId });
  return answerTo(redirectUri, { code, state, iss: deps.publicUrl });
}
