/** Redis over the Upstash REST protocol: counters and caches, never the only copy of anything. */
import { Redis } from "@upstash/redis";

export type { Redis };

const TIMEOUT_MS = 2_000;
/** Calls that begin within so long share a limit: each has a little more time than promised. */
const SHARED_MS = 100;
const RETRIES = 1;

export function connectRedis(url: string, token: string): Redis {
  return new Redis({
    url,
    token,
    enableTelemetry: false,
    enableAutoPipelining: true,
    retry: { retries: RETRIES, backoff: () => 50 },
    signal: createLimits(),
  });
}

function createLimits(): () => AbortSignal {
  let limit: AbortSignal | undefined;
  let endsAt = 0;
  return () => {
    const at = performance.now();
    if (limit === undefined || at > endsAt) {
      limit = AbortSignal.timeout(TIMEOUT_MS + SHARED_MS);
      endsAt = at + SHARED_MS;
    }
    return limit;
  };
}

/**
 * Counts one use of `name` within a window of `seconds` and says whether it is still within
 * `limit`. The window starts with the first use.
 */
export async function takeFromLimit(
  redis: Redis,
  name: string,
  { limit, seconds }: { limit: number; seconds: number },
): Promise<{ allowed: boolean; retryAfterSeconds: number }> {
  const [count, , ttl] = await redis.multi().incr(name).expire(name, seconds, "NX").ttl(name)
    .exec<[number, number, number]>();
  return { allowed: count <= limit, retryAfterSeconds: Math.max(ttl, 1) };
}
