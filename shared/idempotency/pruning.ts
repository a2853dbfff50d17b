/** Forgetting keys by which nobody will ask again. */
import type { Sql } from "../postgres/connect.ts";
import { transaction } from "../postgres/transaction.ts";
import type { Log } from "../telemetry/log.ts";

/** A person's program repeats a request at once, or when it is back from a weekend without a network. */
const PEOPLE_DAYS = 7;
/** A saga or a run may be tried again, or taken back, by somebody who comes back to it. */
const SERVICES_DAYS = 90;
const BATCH = 1_000;
const EVERY_MS = 3_600_000;

/** Removes what is due in short transactions. Returns how many keys went. */
export async function pruneKeys(sql: Sql, now: Date, batch = BATCH): Promise<number> {
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  for (let total = 0;;) {
    const { count } = await transaction(sql, "system", (tx) =>
      tx`
        delete from idempotency_keys where ctid = any (array(
          select ctid from idempotency_keys
          where created_at < ${daysAgo(PEOPLE_DAYS)}
            and (created_at < ${daysAgo(SERVICES_DAYS)} or actor_id ~ '^[0-9a-f]{8}-')
          order by created_at limit ${batch}))`);
    total += count;
    if (count < batch) return total;
  }
}

/** Every hour, until the returned function is called. Several instances do each other no harm. */
export function startPruningKeys(
  { sql, now, log }: { sql: Sql; now: () => Date; log: Log },
): () => void {
  const timer = setInterval(() => {
    pruneKeys(sql, now()).catch((error) => log.error("old keys were not forgotten", error));
  }, EVERY_MS);
  return () => clearInterval(timer);
}
