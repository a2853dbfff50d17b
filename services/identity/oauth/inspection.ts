/** What a token is worth now: to who holds it (userinfo), and to who was shown it (RFC 7662). */
import {
  bearerOf,
  CLIENT_AUDIENCE,
  type ClientClaims,
  type Permission,
  type UserActor,
} from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import type { z } from "zod";
import type { Deps } from "../deps.ts";
import { judge } from "../sessions/model.ts";
import { createOwnStanding } from "../sessions/sessions.ts";
import { getMe } from "../users/users.ts";
import { readAccessToken } from "./client_tokens.ts";
import { findClient } from "./clients.ts";
import { type Client, type Introspection, type Refused, refused, type UserInfo } from "./model.ts";
import { hashOf } from "./secrets.ts";
import * as store from "./store.ts";

/** The permissions behind a client's token, or undefined when client, session or user have gone. */
async function standingOf(
  deps: Deps,
  claims: ClientClaims,
): Promise<readonly Permission[] | undefined> {
  const client = await findClient(deps, claims.client_id);
  if (!client) return undefined;
  return await createOwnStanding(deps).permissions(claims);
}

/** OpenID Connect Core §5.3: who the user is, as far as the token's scope goes. */
export async function userInfo(
  deps: Deps,
  headers: Headers,
): Promise<z.infer<typeof UserInfo> | Refused> {
  const token = bearerOf(headers);
  const claims = token === undefined ? undefined : await readAccessToken(deps, token);
  if (!claims || !await standingOf(deps, claims)) return refused("invalid_token");
  const scope = claims.scope.split(" ");
  if (!scope.includes("openid")) return refused("insufficient_scope");
  const actor: UserActor = {
    kind: "user",
    userId: claims.sub,
    organizationId: claims.org,
    sessionId: claims.sid,
    permissions: [],
  };
  const { id, fullName, email } = await getMe(deps, actor);
  return {
    sub: id,
    ...(scope.includes("profile") ? { name: fullName } : {}),
    ...(scope.includes("email") ? { email } : {}),
  };
}

const inactive: Introspection = { active: false };

async function inspectRefreshToken(
  { sql, now }: Deps,
  token: string,
  client: Client | undefined,
): Promise<Introspection> {
  return await read(sql, "system", async (tx) => {
    const known = await store.findRefreshToken(tx, hashOf(token));
    const grant = known && await store.findGrant(tx, known.sessionId);
    const session = known && await store.findSession(tx, known.sessionId);
    if (!grant || !session || (client && grant.clientId !== client.id)) return inactive;
    if (!await store.findClient(tx, grant.clientId)) return inactive;
    if (judge(known, session, now()) !== "current") return inactive;
    return {
      active: true,
      scope: grant.scope.join(" "),
      client_id: grant.clientId,
      sub: session.userId,
      org: session.organizationId,
      sid: session.id,
      token_type: "refresh_token",
      exp: Math.floor(known.expiresAt.getTime() / 1000),
    };
  });
}

/** For one of our services (`client` undefined) any token; for a client only its own. */
export async function introspect(
  deps: Deps,
  token: string,
  client: Client | undefined,
): Promise<Introspection> {
  const scoped = await readAccessToken(deps, token);
  if (scoped) {
    if (client && scoped.client_id !== client.id) return inactive;
    if (!await standingOf(deps, scoped)) return inactive;
    const { sub, scope, client_id, jti, org, sid, iat, exp } = scoped;
    const token_type = "Bearer";
    const about = { sub, scope, client_id, jti, org, sid, iat, exp, token_type };
    return { active: true, ...about, aud: CLIENT_AUDIENCE, iss: deps.publicUrl };
  }
  const own = client ? undefined : await deps.tokens.access(token);
  if (own && await createOwnStanding(deps).permissions(own)) {
    const { sub, jti, org, sid, iat, exp } = own;
    return {
      active: true,
      sub,
      jti,
      org,
      sid,
      iat,
      exp,
      token_type: "Bearer",
      iss: deps.publicUrl,
    };
  }
  return await inspectRefreshToken(deps, token, client);
}
