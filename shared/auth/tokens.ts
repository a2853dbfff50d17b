/** Checks the tokens that identity signs: a user's access token, and a service's own token. */
import {
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyGetKey,
} from "jose";
import { z } from "zod";
import { fetchPeer } from "../mtls/identity.ts";

export const ACCESS_TOKEN_TYPE = "at+jwt";
export const SERVICE_TOKEN_TYPE = "svc+jwt";
export const ACCESS_AUDIENCE = "praxis";
/** Of tokens that programs of others got: who knows nothing of scopes must not take one. */
export const CLIENT_AUDIENCE = "praxis-clients";
export const SERVICE_AUDIENCE = "praxis-services";
/** RFC 8725: one algorithm, named here and not by the token. */
export const ALGORITHM = "EdDSA";

const CLOCK_TOLERANCE_SECONDS = 5;
const AGE_MAX = "15m";
const TOKEN_CHARS_MAX = 8_192;
const JWKS_TIMEOUT_MS = 3_000;
const JWKS_COOLDOWN_MS = 30_000;
const JWKS_CACHE_MS = 600_000;

const Issued = z.object({ iat: z.number().int(), exp: z.number().int(), jti: z.uuid() });

export const AccessClaims = Issued.extend({
  sub: z.uuid(),
  sid: z.uuid(),
  org: z.uuid(),
  mid: z.uuid(),
  pv: z.number().int().min(0),
  acr: z.string().max(20),
  amr: z.array(z.string().max(20)).max(10),
  auth_time: z.number().int(),
  rgn: z.string().max(20),
});
export type AccessClaims = z.infer<typeof AccessClaims>;

/** What a program of others holds (RFC 9068): never worth more than its scope. */
export const ClientClaims = AccessClaims.extend({
  client_id: z.uuid(),
  scope: z.string().max(3_000),
});
export type ClientClaims = z.infer<typeof ClientClaims>;

/** `kid` names the key that signed: a key may have to be given up before its tokens end. */
export type VerifiedClaims = (AccessClaims | ClientClaims) & { kid?: string };

const ServiceClaims = Issued.extend({ sub: z.string().regex(/^service:[a-z]{2,30}$/) });

export type TokenVerifier = {
  /** The claims of a good access token, or undefined. Throws when the keys cannot be fetched. */
  access(token: string): Promise<VerifiedClaims | undefined>;
  /** The name of the service a good service token speaks for, or undefined. */
  service(token: string): Promise<string | undefined>;
};

type Options = {
  issuer: string;
  keys: JWTVerifyGetKey;
  /** Known before the key set is fetched again, which may take ten minutes. */
  isKeyRetired?: (kid: string) => boolean;
  now?: () => Date;
};

/** Keys by `kid`, fetched from identity, kept ten minutes, re-fetched at most every 30 s. */
export function remoteKeys(identityUrl: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL("/.well-known/jwks.json", identityUrl), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
    cacheMaxAge: JWKS_CACHE_MS,
    [customFetch]: fetchPeer,
  });
}

/** What is wrong with the token itself. Everything else (no key server) is not an answer. */
function isRefusal(error: unknown): boolean {
  return error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) &&
    error.code !== "ERR_JOSE_GENERIC";
}

export function createTokenVerifier(
  { issuer, keys, isKeyRetired = () => false, now = () => new Date() }: Options,
): TokenVerifier {
  async function verify(
    token: string,
    typ: string,
    audience: string | string[],
  ): Promise<(JWTPayload & { kid: string }) | undefined> {
    if (token.length > TOKEN_CHARS_MAX) return undefined;
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        algorithms: [ALGORITHM],
        typ,
        issuer,
        audience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: AGE_MAX,
        currentDate: now(),
      });
      const { kid } = protectedHeader;
      // jose accepts a token without `kid` when the set holds one key.
      return kid && !isKeyRetired(kid) ? { ...payload, kid } : undefined;
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  }
  return {
    async access(token) {
      const audiences = [ACCESS_AUDIENCE, CLIENT_AUDIENCE];
      const payload = await verify(token, ACCESS_TOKEN_TYPE, audiences);
      if (!payload) return undefined;
      // The audience decides whether there is a scope, to the letter: never a list of both.
      const schema = payload.aud === CLIENT_AUDIENCE ? ClientClaims : AccessClaims;
      if (payload.aud !== CLIENT_AUDIENCE && payload.aud !== ACCESS_AUDIENCE) return undefined;
      const { data } = schema.safeParse(payload);
      return data && { ...data, kid: payload.kid };
    },
    service: async (token) => {
      const payload = await verify(token, SERVICE_TOKEN_TYPE, SERVICE_AUDIENCE);
      return ServiceClaims.safeParse(payload).data?.sub.slice("service:".length);
    },
  };
}

/** The token of an `Authorization: Bearer …` header; undefined for any other shape, or for two. */
export function bearerOf(headers: Headers): string | undefined {
  return headers.get("authorization")?.match(/^Bearer ([\w.~+/=-]+)$/i)?.[1];
}
