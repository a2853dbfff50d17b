/** The signed tokens that clients get: access tokens with a scope, and ID tokens. */
import {
  ACCESS_TOKEN_TYPE,
  type AccessClaims,
  CLIENT_AUDIENCE,
  type ClientClaims,
} from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import type { Deps } from "../deps.ts";
import { ACCESS_TOKEN_SECONDS } from "../sessions/model.ts";
import { type Client, CLIENT_TOKEN_SECONDS, ID_TOKEN_SECONDS } from "./model.ts";
import type { ProvenSession } from "./store.ts";

type Signing = Pick<Deps, "keys" | "now" | "publicUrl" | "region">;

const seconds = (at: Date) => Math.floor(at.getTime() / 1000);

/** What an access token for `session` says, beside its scope; it never outlives the session. */
export function claimsOf({ now, region }: Signing, session: ProvenSession): AccessClaims {
  const iat = seconds(now());
  return {
    sub: session.userId,
    sid: session.id,
    org: session.organizationId,
    mid: session.membershipId,
    pv: session.permissionVersion,
    acr: session.acr,
    amr: session.amr,
    auth_time: seconds(session.authenticatedAt),
    jti: newId(),
    iat,
    exp: Math.min(iat + ACCESS_TOKEN_SECONDS, seconds(session.expiresAt)),
    rgn: region,
  };
}

/** A client that acts for nobody but itself: its own id stands for user, session and membership. */
export function ownClaimsOf({ now, region }: Signing, client: Client): AccessClaims {
  const iat = seconds(now());
  return {
    sub: client.id,
    sid: client.id,
    org: client.organizationId,
    mid: client.id,
    pv: 0,
    acr: "client",
    amr: [],
    auth_time: iat,
    jti: newId(),
    iat,
    exp: iat + CLIENT_TOKEN_SECONDS,
    rgn: region,
  };
}

export async function signAccessToken(
  { keys, publicUrl }: Signing,
  claims: AccessClaims,
  client: Client,
  scope: readonly string[],
): Promise<{ access_token: string; expires_in: number }> {
  const given = { ...claims, client_id: client.id, scope: scope.join(" ") };
  const access_token = await keys.sign(
    { ...given, iss: publicUrl, aud: CLIENT_AUDIENCE },
    ACCESS_TOKEN_TYPE,
  );
  return { access_token, expires_in: claims.exp - claims.iat };
}

/** OpenID Connect Core §2. */
export async function signIdToken(
  { keys, publicUrl }: Signing,
  { sub, auth_time, acr, amr, iat }: AccessClaims,
  client: Client,
  nonce: string | null,
): Promise<string> {
  return await keys.sign({
    iss: publicUrl,
    aud: client.id,
    sub,
    auth_time,
    acr,
    amr,
    iat,
    exp: iat + ID_TOKEN_SECONDS,
    ...(nonce === null ? {} : { nonce }),
  }, "JWT");
}

/** The claims of a client's access token, or undefined for anything else. */
export async function readAccessToken(
  { tokens }: Pick<Deps, "tokens">,
  token: string,
): Promise<ClientClaims | undefined> {
  const claims = await tokens.access(token);
  return claims && "client_id" in claims ? claims : undefined;
}
