/** Who is calling: a signature is checked once per token, its standing at every request. */
import {
  bearerOf,
  CONTEXT_SECONDS_MAX,
  contextHeaders,
  type StandingOf,
  type TokenVerifier,
  type UserActor,
  userOf,
  type VerifiedClaims,
} from "@praxis/shared/auth";
import type { HeaderList, Readable } from "./headers.ts";
import type { ServiceName } from "./routing.ts";

const ENTRIES_MAX = 10_000;
/** A context is signed anew while it is still good for this long, so that none expires on the way. */
const CONTEXT_MARGIN_SECONDS = 10;

type Context = { headers: HeaderList; renewAtMs: number };
type Verified = {
  claims: VerifiedClaims;
  /** As it last stood; with other permissions it is another actor, and its contexts are void. */
  actor?: UserActor;
  contexts: Map<ServiceName, Context>;
};

/** `clientId` is the program of others that acts for the user. */
export type Known = { userId: string; organizationId: string; clientId?: string | undefined };

export type Callers = {
  /** Whose token this is, when it was verified before; nobody is asked. */
  known(headers: Readable): Known | undefined;
  /**
   * The signed context for `service` of the user behind an `Authorization` header; undefined when
   * it holds no token that is good now. Throws when that cannot be found out.
   */
  contextFor(service: ServiceName, headers: Readable): Promise<HeaderList | undefined>;
};

type Options = {
  tokens: Pick<TokenVerifier, "access">;
  standing: Pick<StandingOf, "permissions">;
  contextKeys: Record<ServiceName, string>;
  nowMs?: () => number;
  entriesMax?: number;
};

/**
 * Verified tokens are kept by the whole header value. A token can be spelled in many ways, so
 * nothing is ever refused by its spelling: whether it was revoked is asked by session each time.
 */
export function createCallers(
  { tokens, standing, contextKeys, nowMs = Date.now, entriesMax = ENTRIES_MAX }: Options,
): Callers {
  const known = new Map<string, Verified>();
  const underWay = new Map<string, Promise<Verified | undefined>>();

  function find(header: string): Verified | undefined {
    const verified = known.get(header);
    if (!verified || verified.claims.exp * 1000 > nowMs()) return verified;
    known.delete(header);
    return undefined;
  }

  /** Not kept when it fails: a stranger must not be able to fill memory. */
  async function verify(header: string): Promise<Verified | undefined> {
    const token = bearerOf(new Headers({ authorization: header }));
    const claims = token === undefined ? undefined : await tokens.access(token);
    if (!claims) return undefined;
    const verified: Verified = { claims, contexts: new Map() };
    known.set(header, verified);
    if (known.size > entriesMax) known.delete(known.keys().next().value!);
    return verified;
  }

  function verifyOnce(header: string): Promise<Verified | undefined> {
    let result = underWay.get(header);
    if (!result) {
      result = verify(header).finally(() => underWay.delete(header));
      underWay.set(header, result);
    }
    return result;
  }

  function contextOf(verified: Verified, actor: UserActor, service: ServiceName): HeaderList {
    if (verified.actor?.permissions !== actor.permissions) {
      verified.actor = actor;
      verified.contexts.clear();
    }
    const now = nowMs();
    const current = verified.contexts.get(service);
    if (current && now < current.renewAtMs) return current.headers;
    const expiresAt = Math.floor(now / 1000) + CONTEXT_SECONDS_MAX;
    const signed = contextHeaders(contextKeys[service], service, actor, expiresAt);
    const headers = Object.entries(signed);
    verified.contexts.set(service, {
      headers,
      renewAtMs: (expiresAt - CONTEXT_MARGIN_SECONDS) * 1000,
    });
    return headers;
  }

  return {
    known(headers) {
      const verified = find(headers.get("authorization") ?? "");
      return verified && {
        userId: verified.claims.sub,
        organizationId: verified.claims.org,
        clientId: verified.actor?.clientId,
      };
    },
    async contextFor(service, headers) {
      const header = headers.get("authorization") ?? "";
      const verified = find(header) ?? await verifyOnce(header);
      const actor = verified && await userOf(verified.claims, standing);
      return actor && contextOf(verified, actor, service);
    },
  };
}
