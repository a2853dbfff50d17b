/** What a signing key is, and what can be done with the set of them. */
import { z } from "@hono/zod-openapi";
import type { JWTPayload, JWTVerifyGetKey } from "jose";

/** 32 bytes in base64url (RFC 8037). */
const KeyBytes = z.string().regex(/^[\w-]{43}$/);

export const PublicKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: KeyBytes,
  kid: z.string().regex(/^[\w-]{1,64}$/),
  alg: z.literal("EdDSA"),
  use: z.literal("sig"),
}).openapi("SigningKey");

export const SigningKey = PublicKey.extend({ d: KeyBytes });
export type SigningKey = z.infer<typeof SigningKey>;

/**
 * To rotate without a refused token: add the new key at the end, wait 11 minutes until every
 * verifier has fetched it, move it to the front, and drop the old one after the life of a token.
 */
export const SigningKeys = z.array(SigningKey).min(1).max(5).refine(
  (keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length,
  "two keys have the same kid",
);

export const KeySet = z.object({ keys: z.array(PublicKey) }).openapi("KeySet");
export type KeySet = z.infer<typeof KeySet>;

export type Keys = {
  /** The public half of every key. */
  published: KeySet;
  /** Finds the key that a token names. */
  resolve: JWTVerifyGetKey;
  /** Signs `claims` as they are; `typ` says what kind of token it is (RFC 8725 §3.11). */
  sign(claims: JWTPayload, typ: string): Promise<string>;
};
