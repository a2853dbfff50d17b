/** Who calls a hook: a token that the client has signed for exactly this address, taken once. */
import { bearerOf } from "@praxis/shared/auth";
import { transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  type JSONWebKeySet,
  jwtVerify,
} from "jose";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import { sha256 } from "../language/language.ts";
import * as store from "./store.ts";

/** Signatures that only the client can make. */
const ALGORITHMS = [
  "ES256",
  "ES384",
  "ES512",
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "EdDSA",
  "Ed25519",
];
const TOKEN_CHARS_MAX = 8_192;
const CLOCK_TOLERANCE_SECONDS = 5;
/** A token that is good for longer would have to be remembered for longer. */
const LIFE_SECONDS_MAX = 3_600;

const Header = z.looseObject({
  alg: z.enum(ALGORITHMS as [string, ...string[]]),
  kid: z.string().min(1).max(200),
  typ: z.string().regex(/^JWT$/i),
  jku: z.string().optional(),
  crit: z.undefined().optional(),
});
/** As they are registered: anything else is nobody's name. */
const Named = z.looseObject({
  iss: z.string().max(500).regex(/^[!-~]+$/),
  tenant: z.string().max(200).regex(/^[!-~]*$/).optional(),
});
const Claims = z.looseObject({
  exp: z.number(),
  iat: z.number(),
  jti: z.string().min(8).max(500),
});

export type Caller = Pick<store.Known, "id" | "organizationId" | "fhirServer">;

/**
 * The client behind a request for one of `urls`.
 * @throws not-signed-in (401), whatever is wrong: which of it is nobody's business.
 */
export async function authenticate(
  deps: Pick<Deps, "sql" | "now">,
  headers: Headers,
  urls: readonly string[],
): Promise<Caller> {
  const refused = () => common("not-signed-in");
  const token = bearerOf(headers);
  if (token === undefined || token.length > TOKEN_CHARS_MAX) throw refused();
  let claimed: { iss: string; tenant?: string | undefined; jku?: string | undefined };
  try {
    const { jku } = Header.parse(decodeProtectedHeader(token));
    claimed = { ...Named.parse(decodeJwt(token)), jku };
  } catch {
    throw refused();
  }
  const { iss: issuer, tenant = "", jku } = claimed;
  const client = await transaction(
    deps.sql,
    "system",
    (tx) => store.findClient(tx, { issuer, tenant }),
  );
  // A key set is never fetched, least of all from where the token says.
  if (!client || (jku !== undefined && jku !== client.jku)) throw refused();
  const now = deps.now();
  let claims: z.output<typeof Claims>;
  try {
    const keys = createLocalJWKSet(client.keys as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience: [...urls],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      maxTokenAge: LIFE_SECONDS_MAX,
      currentDate: now,
    });
    claims = Claims.parse(payload);
  } catch {
    throw refused();
  }
  if (claims.exp - now.getTime() / 1000 > LIFE_SECONDS_MAX) throw refused();
  const { id, organizationId, fhirServer } = client;
  const isFirst = await transaction(deps.sql, { organizationId }, async (tx) => {
    await store.forgetTokens(tx, id, new Date(now.getTime() - 2 * CLOCK_TOLERANCE_SECONDS * 1_000));
    return await store.useToken(tx, client, {
      jtiSha256: await sha256(claims.jti),
      expiresAt: new Date(claims.exp * 1_000),
    });
  });
  if (!isFirst) throw refused();
  return { id, organizationId, fhirServer };
}
