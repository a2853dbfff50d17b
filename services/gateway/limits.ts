/** How often one user, organization, key or address may ask: token buckets. */

export type Policy = {
  /** Names the policy in the `RateLimit` headers. */
  name: string;
  perSecond: number;
  /** How many may come at once after a silence. */
  burst: number;
};

/** A bucket's answer. The headers belong to the response, whatever it is; few are ever written. */
export type Verdict = { isAllowed: boolean; headers: () => Record<string, string> };

/** Takes one token; at once where memory knows, else when Redis has answered. */
export type Limiter = (key: string) => Verdict | Promise<Verdict>;

type Bucket = { tokens: number; at: number };

const BUCKETS_MAX = 100_000;

/**
 * draft-ietf-httpapi-ratelimit-headers: q requests in a window of w seconds; r of them left, and t
 * seconds until there are all again, or until the next one when there are none.
 */
export function verdictOf({ name, perSecond, burst }: Policy, tokens: number): Verdict {
  const left = Math.max(0, Math.floor(tokens));
  const isAllowed = tokens >= 0;
  const missing = isAllowed ? burst - tokens : -tokens;
  const seconds = Math.ceil(missing / perSecond);
  return {
    isAllowed,
    headers: () => ({
      ...(isAllowed ? {} : { "retry-after": String(Math.max(1, seconds)) }),
      "ratelimit": `"${name}";r=${left};t=${isAllowed ? seconds : Math.max(1, seconds)}`,
      "ratelimit-policy": `"${name}";q=${burst};w=${Math.ceil(burst / perSecond)}`,
    }),
  };
}

/**
 * What is kept by key, in two generations: the older is dropped when the younger is half of
 * `entriesMax`, so that memory is bounded and what was used last stays.
 */
export function recent<T>(create: () => T, entriesMax = BUCKETS_MAX): (key: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (key) => {
    const known = young.get(key);
    if (known) return known;
    const value = old.get(key) ?? create();
    if (young.size >= entriesMax / 2) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
    return value;
  };
}

/** Takes one token of the bucket `key` per call, in memory. `nowMs` must not go backwards. */
export function createLimiter(
  policy: Policy,
  nowMs: () => number = () => performance.now(),
  bucketsMax = BUCKETS_MAX,
): (key: string) => Verdict {
  const { perSecond, burst } = policy;
  const bucketOf = recent<Bucket>(() => ({ tokens: burst, at: nowMs() }), bucketsMax);
  return (key) => {
    const now = nowMs();
    const bucket = bucketOf(key);
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / 1000 * perSecond);
    bucket.at = now;
    const isAllowed = bucket.tokens >= 1;
    if (isAllowed) bucket.tokens--;
    return verdictOf(policy, isAllowed ? bucket.tokens : bucket.tokens - 1);
  };
}
