/** What a signing key is, the states it passes through, and when it is due for the next one. */
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
export type PublicKey = z.infer<typeof PublicKey>;

export const SigningKey = PublicKey.extend({ d: KeyBytes });
export type SigningKey = z.infer<typeof SigningKey>;

/** The keys a new deployment starts with: the first one signs, the others are published. */
export const SigningKeys = z.array(SigningKey).min(1).max(5).refine(
  (keys) => new Set(keys.map(({ kid }) => kid)).size === keys.length,
  "two keys have the same kid",
);

export const KeySet = z.object({ keys: z.array(PublicKey) }).openapi("KeySet");
export type KeySet = z.infer<typeof KeySet>;

export type Keys = {
  /** The public half of every key that a token may still name. */
  published(): Promise<KeySet>;
  /** Finds the key that a token names. */
  resolve: JWTVerifyGetKey;
  /** Signs `claims` as they are; `typ` says what kind of token it is (RFC 8725 §3.11). */
  sign(claims: JWTPayload, typ: string): Promise<string>;
  /** Reads the keys again, so that what another process changed holds here at once. */
  reload(): Promise<void>;
};

/** JWKS answers may be kept this long on the way. */
export const MAX_AGE_SECONDS = 300;

/**
 * A new key waits this long, published, before it signs. Verifiers keep what they fetched for ten
 * minutes, a cache between them and us for `MAX_AGE_SECONDS`, an instance for `RELOAD_MS`: together
 * a little over 15 minutes. (Without such a cache in between, eleven would do.)
 */
export const PUBLISH_AHEAD_MS = 20 * 60_000;
/** Each instance reads the keys again when what it holds is older than this. */
export const RELOAD_MS = 15_000;
/** An instance that cannot reach the database signs with what it holds for this long. */
export const STALE_MS = 5 * 60_000;
/** No verifier takes a token older than 15 minutes; a stale instance signs for five more. */
export const RETIRE_AFTER_MS = 30 * 60_000;
export const ROTATE_EVERY_MS = 30 * 24 * 3_600_000;

export type KeyState = "next" | "current" | "retiring" | "retired";

export type KeyTimes = {
  kid: string;
  state: KeyState;
  publishedAt: Date;
  activatedAt: Date | null;
  retiringAt: Date | null;
};

/** What the schedule wants done. Always one key waits in the set, ready to take over. */
export type Plan = { retire: string[]; promote?: string; publish: boolean };

const isPast = (at: Date | null, ms: number, now: Date) =>
  at !== null && now.getTime() - at.getTime() >= ms;

/** The oldest key that every verifier has had the time to fetch. */
export function readyKey(keys: readonly KeyTimes[], now: Date): string | undefined {
  return keys.filter(({ state, publishedAt }) =>
    state === "next" && isPast(publishedAt, PUBLISH_AHEAD_MS, now)
  ).sort((a, b) => a.publishedAt.getTime() - b.publishedAt.getTime())[0]?.kid;
}

export function planOf(
  keys: readonly KeyTimes[],
  now: Date,
  { rotateEveryMs = ROTATE_EVERY_MS } = {},
): Plan {
  const current = keys.find(({ state }) => state === "current");
  const isDue = current && isPast(current.activatedAt, rotateEveryMs, now);
  const promote = isDue ? readyKey(keys, now) : undefined;
  const waiting = keys.filter(({ kid, state }) => state === "next" && kid !== promote);
  return {
    retire: keys.filter(({ state, retiringAt }) =>
      state === "retiring" && isPast(retiringAt, RETIRE_AFTER_MS, now)
    ).map(({ kid }) => kid),
    ...(promote === undefined ? {} : { promote }),
    publish: waiting.length === 0,
  };
}
