/** How often one user, or one address, may ask: token buckets in memory. */

export type Policy = {
  /** Names the policy in the `RateLimit` headers. */
  name: string;
  perSecond: number;
  /** How many may come at once after a silence. */
  burst: number;
};

/** A bucket's answer; the headers are for the refusal. */
export type Verdict = { isAllowed: true } | { isAllowed: false; headers: Record<string, string> };

export type Limiter = (key: string) => Verdict;

type Bucket = { tokens: number; at: number };

const BUCKETS_MAX = 100_000;
const allowed: Verdict = { isAllowed: true };

/**
 * Takes one token of the bucket `key` per call. `nowMs` must not go backwards. Buckets live in two
 * generations: the older is dropped when the younger is half of `bucketsMax`, so that memory is
 * bounded and what was used last stays.
 */
export function createLimiter(
  { name, perSecond, burst }: Policy,
  nowMs: () => number = () => performance.now(),
  bucketsMax = BUCKETS_MAX,
): Limiter {
  let young = new Map<string, Bucket>();
  let old = new Map<string, Bucket>();

  function bucketOf(key: string, now: number): Bucket {
    const known = young.get(key);
    if (known) return known;
    const bucket = old.get(key) ?? { tokens: burst, at: now };
    if (young.size >= bucketsMax / 2) {
      old = young;
      young = new Map();
    }
    young.set(key, bucket);
    return bucket;
  }

  return (key) => {
    const now = nowMs();
    const bucket = bucketOf(key, now);
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / 1000 * perSecond);
    bucket.at = now;
    if (bucket.tokens >= 1) {
      bucket.tokens--;
      return allowed;
    }
    const seconds = Math.ceil((1 - bucket.tokens) / perSecond);
    return {
      isAllowed: false,
      // draft-ietf-httpapi-ratelimit-headers: q requests in a window of w seconds, r left for t.
      headers: {
        "retry-after": String(seconds),
        "ratelimit": `"${name}";r=0;t=${seconds}`,
        "ratelimit-policy": `"${name}";q=${burst};w=${Math.ceil(burst / perSecond)}`,
      },
    };
  };
}

/**
 * What stands for a peer's address in a bucket's key: an IPv4 address, or the /64 network of an
 * IPv6 address, since one subscriber owns all of that.
 */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  const [head = "", tail] = address.split("%")[0]!.split("::");
  const start = head === "" ? [] : head.split(":");
  const end = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : 8 - start.length - end.length;
  const groups = [...start, ...Array(Math.max(zeros, 0)).fill("0"), ...end];
  return `${groups.slice(0, 4).join(":")}::/64`;
}
