/** Removing what has expired: sessions, tokens, links, challenges, keys of idempotency. */
import { transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as store from "./store.ts";

/** A device that was not seen for so long is a new one. */
export const DEVICE_MS = 180 * 24 * 3_600_000;
const BATCH = 1_000;
const EVERY_MS = 10 * 60_000;

/** Everything that is due, in short transactions. Returns how many rows went. */
export async function prune(
  { sql, now }: Pick<Deps, "sql" | "now">,
  { batch = BATCH, signal }: { batch?: number; signal?: AbortSignal } = {},
): Promise<number> {
  let total = 0;
  while (!signal?.aborted) {
    const at = now();
    const rememberedSince = new Date(at.getTime() - DEVICE_MS);
    const count = await transaction(
      sql,
      "system",
      (tx) => store.prune(tx, { at, rememberedSince, limit: batch }),
    );
    total += count;
    if (count === 0) break;
  }
  return total;
}

/** At the start and every ten minutes. Several instances do each other no harm. */
export function startPruning(deps: Pick<Deps, "sql" | "now" | "log">): () => Promise<void> {
  const stopping = new AbortController();
  let underWay: Promise<void> = Promise.resolve();
  const run = () => {
    underWay = underWay.then(() => prune(deps, { signal: stopping.signal })).then(
      () => {},
      (error) => deps.log.error("pruning failed", error),
    );
  };
  run();
  const timer = setInterval(run, EVERY_MS);
  return async () => {
    clearInterval(timer);
    stopping.abort();
    await underWay;
  };
}
