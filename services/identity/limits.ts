/** How often strangers may ask for something that costs us or annoys others. */
import { isIP } from "node:net";
import { common, Problem } from "@praxis/shared/problem";
import { takeFromLimit } from "@praxis/shared/redis";
import type { Deps } from "./deps.ts";

type Limit = { limit: number; seconds: number };

/**
 * What counts as one stranger: an IPv4 address, or the /64 network of an IPv6 address, since one
 * subscriber owns all of that. Anything else stands for itself.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6 || address.includes(".")) return address;
  const [head = "", tail] = address.toLowerCase().split("%")[0]!.split("::");
  const start = head === "" ? [] : head.split(":");
  const end = tail ? tail.split(":") : [];
  const zeros = Array(tail === undefined ? 0 : 8 - start.length - end.length).fill("0");
  const groups = [...start, ...zeros, ...end].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`;
}

/** Where a request comes from. The gateway sets the header, and believes nobody else's. */
export const networkBehind = (headers: Headers): string =>
  networkOf(headers.get("x-forwarded-for") ?? "direct");

/**
 * Counts one use of `name`, which holds no address in the clear. Without Redis everyone is let
 * through, and the log says so: the queue of the hasher bounds what it can cost.
 * @throws Problem `too-many-requests`
 */
export async function expectWithinLimit(
  { redis, log }: Pick<Deps, "redis" | "log">,
  name: string,
  { limit, seconds }: Limit,
): Promise<void> {
  try {
    const { allowed, retryAfterSeconds } = await takeFromLimit(redis, name, { limit, seconds });
    if (allowed) return;
    const kind = name.split(":")[0];
    throw common("too-many-requests", {
      headers: {
        "retry-after": String(retryAfterSeconds),
        "ratelimit-policy": `"${kind}";q=${limit};w=${seconds}`,
        "ratelimit": `"${kind}";r=0;t=${retryAfterSeconds}`,
      },
    });
  } catch (error) {
    if (error instanceof Problem) throw error;
    log.error("a limit was not counted", error);
  }
}
