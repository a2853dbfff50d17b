/** How often a password may be guessed, counted per account before anything is hashed. */
import { takeFromLimit } from "@praxis/shared/redis";
import type { Deps } from "../deps.ts";

export const ATTEMPTS = { limit: 20, seconds: 900 };

export type Attempt = {
  isAllowed: boolean;
  retryAfterSeconds: number;
  /** For an attempt that was no wrong guess. */
  giveBack(): Promise<void>;
};

/**
 * Takes an attempt ahead of its outcome: guesses that are sent all at once count, too. Addresses
 * that nobody has are counted like others, so that the count tells nothing.
 *
 * Without Redis everyone is let through: a clinic that cannot sign in is the greater harm, the
 * queue of the hasher still bounds guessing, and the log says so.
 */
export async function takeAttempt(
  { redis, log }: Pick<Deps, "redis" | "log">,
  account: string,
): Promise<Attempt> {
  const name = `sign-in:${account}`;
  try {
    const { allowed, retryAfterSeconds } = await takeFromLimit(redis, name, ATTEMPTS);
    return {
      isAllowed: allowed,
      retryAfterSeconds,
      async giveBack() {
        try {
          // The window may have ended meanwhile: a new counter must not live for ever.
          await redis.multi().decr(name).expire(name, ATTEMPTS.seconds, "NX").exec();
        } catch (error) {
          log.error("an attempt was not given back", error);
        }
      },
    };
  } catch (error) {
    log.error("sign-in attempts are not limited", error);
    return { isAllowed: true, retryAfterSeconds: 0, giveBack: () => Promise.resolve() };
  }
}

export function limitHeaders({ retryAfterSeconds }: Attempt): Record<string, string> {
  return {
    "retry-after": String(retryAfterSeconds),
    "ratelimit-policy": `"sign-in";q=${ATTEMPTS.limit};w=${ATTEMPTS.seconds}`,
    "ratelimit": `"sign-in";r=0;t=${retryAfterSeconds}`,
  };
}
