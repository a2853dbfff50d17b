/** How many notifications a user has not read: from Redis while that is current, else counted. */
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { z } from "zod";
import type { Deps } from "../deps.ts";
import * as store from "./store.ts";

const COUNT_SECONDS = 60;
/** Outlives every count that was cached under it. */
const STAMP_SECONDS = 300;

const countKey = ({ organizationId, userId }: store.Recipient) =>
  `unread:count:${organizationId}:${userId}`;
const stampKey = ({ organizationId, userId }: { organizationId: string; userId?: string }) =>
  `unread:stamp:${organizationId}${userId === undefined ? "" : `:${userId}`}`;

/** A count is current while the stamps it was made under stand. */
const Cached = z.object({ stamp: z.string(), count: z.number().int() });

type Cache = Pick<Deps, "redis" | "log">;

/** Longer than this nobody waits for a cache. */
const PATIENCE_MS = 1_000;

/** Never the only copy of anything, so without Redis, or with a slow one, the work goes on. */
async function orNothing<T>({ log }: Cache, work: () => Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("Redis is slow")), PATIENCE_MS);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (error) {
    log.error("unread counts have no cache", error);
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

async function lookUp({ redis }: Cache, recipient: store.Recipient) {
  const { organizationId } = recipient;
  const [forAll, forUser, value] = await redis.mget<unknown[]>(
    stampKey({ organizationId }),
    stampKey(recipient),
    countKey(recipient),
  );
  const stamp = `${forAll} ${forUser}`;
  const cached = Cached.safeParse(value).data;
  return { stamp, count: cached?.stamp === stamp ? cached.count : undefined };
}

export async function countUnread(deps: Deps, recipient: store.Recipient): Promise<number> {
  const { sql, redis } = deps;
  const cache = await orNothing(deps, () => lookUp(deps, recipient));
  if (cache?.count !== undefined) return cache.count;
  const count = await read(sql, recipient, (tx) => store.countUnread(tx, recipient, deps.now()));
  if (cache) {
    // A change since `lookUp` has set another stamp, under which this count is never used.
    const value = { stamp: cache.stamp, count };
    await orNothing(
      deps,
      () => redis.set(countKey(recipient), value, { ex: COUNT_SECONDS }),
    );
  }
  return count;
}

/**
 * To be called after the commit of a change to one user's notifications or, without a user, to
 * any of the organization's. When Redis fails just then, a count may be up to a minute old.
 */
export async function forget(
  cache: Cache,
  whose: { organizationId: string; userId?: string },
): Promise<void> {
  await orNothing(
    cache,
    () => cache.redis.set(stampKey(whose), newId(), { ex: STAMP_SECONDS }),
  );
}
