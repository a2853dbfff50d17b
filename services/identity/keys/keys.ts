/** The keys that sign tokens, and their public halves. */
import { ALGORITHM } from "@praxis/shared/auth";
import { createLocalJWKSet, importJWK, SignJWT } from "jose";
import { type Keys, KeySet, type SigningKey } from "./model.ts";

/**
 * Imports every key once: a key per request would cost more than its signature.
 * @throws when a key is not a point of the curve.
 */
export async function createKeys(signingKeys: readonly SigningKey[]): Promise<Keys> {
  const [current] = signingKeys;
  if (!current) throw new TypeError("there is no signing key");
  const key = await importJWK(current, ALGORITHM);
  for (const { d: _, ...publicHalf } of signingKeys) await importJWK(publicHalf, ALGORITHM);
  // The schema drops what it does not name: the private `d`.
  const published = KeySet.parse({ keys: signingKeys });
  return {
    published,
    resolve: createLocalJWKSet(published),
    sign: (claims, typ) =>
      new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, typ, kid: current.kid }).sign(key),
  };
}
