/** Turns a request into an actor: by the gateway's signed context, else by a bearer token. */
import { common } from "../problem/problem.ts";
import { type Actor, anonymous, type UserActor } from "./actor.ts";
import { verifyContext } from "./context.ts";
import type { StandingOf } from "./standing.ts";
import { withinScope } from "./scope.ts";
import { bearerOf, type TokenVerifier, type VerifiedClaims } from "./tokens.ts";

type Options = {
  /** This service's name: the audience of a context. */
  service: string;
  contextKey: string;
  tokens: TokenVerifier;
  /** What is true of a token's session and membership now. */
  standing: Pick<StandingOf, "permissions">;
  now: () => Date;
};

export function createIdentify({ service, contextKey, tokens, standing, now }: Options) {
  return async (request: Request): Promise<Actor> => {
    const user = verifyContext(contextKey, service, request.headers, now());
    if (user) return user;
    const token = bearerOf(request.headers);
    if (!token) return anonymous;
    try {
      const claims = await tokens.access(token);
      if (claims) return await userOf(claims, standing) ?? anonymous;
      const caller = await tokens.service(token);
      return caller ? { kind: "service", service: caller } : anonymous;
    } catch (error) {
      // Not knowing is not a refusal: the caller may come again.
      throw Object.assign(common("unavailable", { headers: { "retry-after": "1" } }), {
        cause: error,
      });
    }
  };
}

/**
 * The user behind verified claims, or undefined when the session or membership has ended. A program
 * that acts for them has what they have, as far as its scope goes.
 */
export async function userOf(
  claims: VerifiedClaims,
  standing: Pick<StandingOf, "permissions">,
): Promise<UserActor | undefined> {
  const held = await standing.permissions(claims);
  if (!held) return undefined;
  const isClient = "client_id" in claims;
  return {
    kind: "user",
    userId: claims.sub,
    organizationId: claims.org,
    sessionId: claims.sid,
    permissions: isClient ? withinScope(held, claims.scope) : held,
    ...(isClient ? { clientId: claims.client_id } : {}),
  };
}
