/** What a password is, and how its hash is written (the PHC string format). */
import { z } from "@hono/zod-openapi";

/** Longer ones would only buy an attacker our time. */
export const PASSWORD_CHARS_MAX = 256;

/** As typed, without any change (ASVS 6.2.9): no trimming, no normalisation. */
export const Password = z.string().min(1).max(PASSWORD_CHARS_MAX);

/**
 * 46 MiB, one pass, one lane: the first of OWASP's equally strong settings for argon2id, and the one
 * that asks most memory of whoever guesses.
 */
export const COST = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

/** Hashes of another kind, or dearer than this, are not tried: a stored one could stop the service. */
const COST_MAX = { memoryCost: 65_536, timeCost: 10, parallelism: 4 } as const;

/** The hash of 32 random bytes that nobody knows, checked where there is no hash to check. */
export const DUMMY_HASH =
  "$argon2id$v=19$m=47104,t=1,p=1$/8SDmoCLWT81iN/d9JBnOw$fevZ5WK5YUOFLkz+f3aQKqzPs6SQ6wAFbj9KMWrF8ag";

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

/** `stale` hashes were made at another cost: right now, and made anew at the next sign-in. */
export type HashState = "current" | "stale" | "unusable";

export function stateOf(passwordHash: string): HashState {
  const [memoryCost, timeCost, parallelism] = PHC.exec(passwordHash)?.slice(1).map(Number) ?? [];
  if (memoryCost === undefined || timeCost === undefined || parallelism === undefined) {
    return "unusable";
  }
  if (
    memoryCost > COST_MAX.memoryCost || timeCost > COST_MAX.timeCost ||
    parallelism > COST_MAX.parallelism
  ) return "unusable";
  const isCurrent = memoryCost === COST.memoryCost && timeCost === COST.timeCost &&
    parallelism === COST.parallelism;
  return isCurrent ? "current" : "stale";
}

/** Waiting longer than 50 hashes take (half a second on two cores) helps nobody. */
export const QUEUE_MAX = 50;

export type Hasher = {
  /** @throws Problem `unavailable` when too many wait already. */
  hash(password: string): Promise<string>;
  /** @throws Problem `unavailable` when too many wait; anything else when the hash is malformed. */
  verify(passwordHash: string, password: string): Promise<boolean>;
};

/** From 0 (guessed at once) to 4. `context` are words that a guesser would try first. */
export type StrengthOf = (password: string, context: readonly string[]) => Promise<number>;

export const STRENGTH_MIN = 3;

/** Alone it must be longer than beside a second factor (ASVS 6.2.1). */
export const PASSWORD_CHARS_MIN = { alone: 15, besideFactor: 12 } as const;

const PRODUCT_WORDS = [
  ...["praxis", "clinic", "hospital", "medical", "doctor", "patient", "health", "practice"],
  ...["owner", "physician", "nurse", "receptionist", "auditor", "password", "passphrase"],
];

/** What is known about the person, as single words too: `Harbour Clinic`, `harbour`, `clinic`. */
export function contextWords(known: readonly string[]): string[] {
  const words = known.flatMap((text) => [
    text.toLowerCase(),
    ...text.toLowerCase().split(/[^\p{L}\p{N}]+/u),
  ]);
  return [...new Set([...PRODUCT_WORDS, ...words])].filter((word) => word.length > 2);
}

/** What must be left when the words that one would try first are taken away. */
export const OWN_CHARS_MIN = 8;

export function charsWithout(password: string, words: readonly string[]): number {
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  const rest = longestFirst.reduce(
    (text, word) => text.replaceAll(word, ""),
    password.toLowerCase(),
  );
  return [...rest.replace(/[\s\p{P}]/gu, "")].length;
}
