/**
 * One limit for several gateways: each takes small leases out of a bucket in Redis and counts them
 * down in memory, so that Redis is asked once per lease and not per request.
 */
import type { Redis } from "@praxis/shared/redis";
import {
  createLimiter,
  type Limiter,
  type Policy,
  recent,
  type Verdict,
  verdictOf,
} from "./limits.ts";

/**
 * A lease is a fortieth of the burst: four gateways with one each are a tenth, which bounds both
 * what is let in too much and what lies unused.
 */
const LEASE_SHARE = 1 / 40;
const TIMEOUT_MS = 250;
/** After a failure Redis is not asked for so long; each gateway then limits by itself. */
const PAUSE_MS = 1_000;

/** A bucket under Redis' own clock. Takes what is owed, then grants up to what is wanted. */
const LEASE = `
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local wanted, owed = tonumber(ARGV[3]), tonumber(ARGV[4])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate) - owed
local granted = math.max(0, math.min(wanted, math.floor(tokens)))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / rate * 1000) + 1000)
return { granted, string.format('%.6f', tokens) }
`;

type Share = {
  /** Tokens of the current lease that are left. */
  stock: number;
  /** Spent before Redis was asked: it is told with the next lease. */
  owed: number;
  /** What Redis had left after the last lease. */
  others: number;
  /** Nothing is left anywhere until then. */
  emptyUntilMs: number;
  asking: Promise<void> | undefined;
};

type Options = { redis: Pick<Redis, "eval">; nowMs?: () => number };

/**
 * The first lease of a key is given on trust, so that nobody's first request waits for Redis.
 * Without Redis every gateway counts for itself.
 */
export function createSharedLimiter(
  policy: Policy,
  { redis, nowMs = () => performance.now() }: Options,
): Limiter {
  const { name, perSecond, burst } = policy;
  const size = Math.max(1, Math.floor(burst * LEASE_SHARE));
  const alone = createLimiter(policy, nowMs);
  let pausedUntilMs = -Infinity;
  const shareOf = recent<Share>(() => ({
    stock: size,
    owed: size,
    others: burst - size,
    emptyUntilMs: -Infinity,
    asking: undefined,
  }));

  async function lease(key: string, share: Share): Promise<void> {
    const { owed } = share;
    share.owed = 0;
    try {
      const answer = await within(
        redis.eval(LEASE, [`limit:${name}:${key}`], [perSecond, burst, size, owed].map(String)),
      );
      const [granted, left] = readLease(answer);
      share.stock += granted;
      share.others = left;
      if (granted === 0) {
        share.emptyUntilMs = nowMs() + Math.max(0, 1 - left) / perSecond * 1000;
      }
    } catch {
      share.owed += owed;
      pausedUntilMs = nowMs() + PAUSE_MS;
    }
  }

  function spend(share: Share): Verdict {
    share.stock--;
    return verdictOf(policy, share.stock + Math.max(0, share.others));
  }

  const refuse = (share: Share, now: number) =>
    verdictOf(policy, -Math.max(share.emptyUntilMs - now, 1) / 1000 * perSecond);

  async function takeLater(key: string, share: Share): Promise<Verdict> {
    // Whoever came first may have used up the lease that all of them waited for.
    for (;;) {
      if (share.stock >= 1) return spend(share);
      const now = nowMs();
      if (now < share.emptyUntilMs) return refuse(share, now);
      if (now < pausedUntilMs) return alone(key);
      share.asking ??= lease(key, share).finally(() => share.asking = undefined);
      await share.asking;
    }
  }

  return (key) => {
    const share = shareOf(key);
    if (share.stock >= 1) return spend(share);
    const now = nowMs();
    if (now < share.emptyUntilMs) return refuse(share, now);
    return takeLater(key, share);
  };
}

function readLease(answer: unknown): [granted: number, left: number] {
  if (!Array.isArray(answer)) throw new Error("not a lease");
  const [granted, left] = answer.map(Number) as [number, number];
  if (!(granted >= 0) || Number.isNaN(left)) throw new Error("not a lease");
  return [granted, left];
}

async function within<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("Redis is late")), TIMEOUT_MS);
  });
  return await Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
