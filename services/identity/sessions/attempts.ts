/** How often a password may be guessed: counted before anything is hashed. */
import type { Deps } from "../deps.ts";

/** Of one account from devices that nobody knows, and again from each device that is known. */
export const ATTEMPTS = { limit: 20, seconds: 900 };
/**
 * Of one account from all its known devices together: whoever once had the password could have
 * made any number of devices known.
 */
export const ATTEMPTS_KNOWN = { limit: 60, seconds: 900 };
/** Wrong guesses from one address, at whichever accounts: a whole clinic may stand behind it. */
export const ATTEMPTS_FROM = { limit: 300, seconds: 900 };

/** Who guesses, by pseudonyms: nothing here names a person or an address. */
export type Guesser = {
  /** Whose password it is. */
  account: string;
  /** A device that has signed in to this account before, or a session of its user. */
  device?: string | undefined;
  /** Where the request comes from, for a device that is not known. */
  address?: string | undefined;
};

export type Attempt = {
  isAllowed: boolean;
  retryAfterSeconds: number;
  /** For an attempt that was no wrong guess. */
  giveBack(): void;
};

type Counter = { name: string; limit: number; seconds: number };

/**
 * Strangers' guesses, however many, are counted apart from those of a known device: so they lock
 * nobody out of it (OWASP: device cookies).
 */
function countersOf({ account, device, address }: Guesser): Counter[] {
  if (device !== undefined) {
    return [
      { name: `sign-in-device:${device}`, ...ATTEMPTS },
      { name: `sign-in-known:${account}`, ...ATTEMPTS_KNOWN },
    ];
  }
  return [
    { name: `sign-in:${account}`, ...ATTEMPTS },
    ...address === undefined ? [] : [{ name: `sign-in-from:${address}`, ...ATTEMPTS_FROM }],
  ];
}

/** One more of each: how many there are now, and for how many seconds. A window begins with its first. */
const COUNT = `
  local counted = {}
  for i, name in ipairs(KEYS) do
    counted[2 * i - 1] = redis.call('INCR', name)
    redis.call('EXPIRE', name, ARGV[i], 'NX')
    counted[2 * i] = redis.call('TTL', name)
  end
  return counted`;

const GIVE_BACK_MS = 500;

/** What is still to be given back: together and a little later, since most attempts are right. */
export type Credits = {
  add(counter: Counter): void;
  of(name: string): number;
  /** Gives back what is due now. */
  settle(): Promise<void>;
};

export function createCredits({ redis, log }: Pick<Deps, "redis" | "log">): Credits {
  let due = new Map<string, { count: number; seconds: number }>();
  let underWay = new Map<string, { count: number; seconds: number }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settling: Promise<void> = Promise.resolve();

  async function settleOnce(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    if (due.size === 0) return;
    underWay = due;
    due = new Map();
    try {
      const batch = redis.multi();
      for (const [name, { count, seconds }] of underWay) {
        // The window may have ended meanwhile: a new counter must not live for ever.
        batch.decrby(name, count).expire(name, seconds, "NX");
      }
      await batch.exec();
    } catch (error) {
      log.error("attempts were not given back", error);
    } finally {
      underWay = new Map();
    }
  }

  const settle = () => settling = settling.then(settleOnce);
  return {
    add({ name, seconds }) {
      const count = (due.get(name)?.count ?? 0) + 1;
      due.set(name, { count, seconds });
      timer ??= setTimeout(settle, GIVE_BACK_MS);
    },
    of: (name) => (due.get(name)?.count ?? 0) + (underWay.get(name)?.count ?? 0),
    settle,
  };
}

/**
 * Takes an attempt ahead of its outcome: guesses that are sent all at once count, too. Addresses
 * that nobody has are counted like others, so that the count tells nothing.
 *
 * Without Redis everyone is let through: a clinic that cannot sign in is the greater harm, the
 * queue of the hasher still bounds guessing, and the log says so.
 */
export async function takeAttempt(
  { redis, log, credits }: Pick<Deps, "redis" | "log" | "credits">,
  guesser: Guesser,
): Promise<Attempt> {
  const counters = countersOf(guesser);
  const giveBack = () => counters.forEach(credits.add);
  try {
    const names = counters.map(({ name }) => name);
    const counted = await redis.eval<string[], number[]>(
      COUNT,
      names,
      counters.map(({ seconds }) => String(seconds)),
    );
    const over = counters.findIndex(({ name, limit }, at) =>
      counted[2 * at]! - credits.of(name) > limit
    );
    const ttl = over < 0 ? 0 : counted[2 * over + 1]!;
    return { isAllowed: over < 0, retryAfterSeconds: over < 0 ? 0 : Math.max(ttl, 1), giveBack };
  } catch (error) {
    log.error("sign-in attempts are not limited", error);
    return { isAllowed: true, retryAfterSeconds: 0, giveBack: () => {} };
  }
}

/** The same whichever counter was full: who is refused learns nothing of others. */
export function limitHeaders({ retryAfterSeconds }: Attempt): Record<string, string> {
  return {
    "retry-after": String(retryAfterSeconds),
    "ratelimit-policy": `"sign-in";q=${ATTEMPTS.limit};w=${ATTEMPTS.seconds}`,
    "ratelimit": `"sign-in";r=0;t=${retryAfterSeconds}`,
  };
}
