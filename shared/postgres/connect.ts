/** One way to open Postgres: camelCase rows, bounded pool, no surprises. */
import postgres from "postgres";
import { createPool, type Pool } from "./pool.ts";

export type { Db } from "./pool.ts";

/**
 * Transactions lease a connection. What is called on the client itself (LISTEN, a readiness check,
 * migrations) has a connection of its own, outside of the pool.
 */
export type Sql = postgres.Sql & Pick<Pool, "lease">;

/** More connections were slower on two cores (docs/adr/0004). */
export const POOL_SIZE = 4;
const CONNECT_TIMEOUT_SECONDS = 5;
const STATEMENT_TIMEOUT_MS = 15_000;

type Options = {
  connectionsMax?: number;
  /** Off for a library that knows its columns by their own names. */
  camelCase?: boolean;
};

export function connect(
  url: string,
  { connectionsMax = POOL_SIZE, camelCase = true }: Options = {},
): Sql {
  const options = {
    // Column names only: `postgres.camel` would rename keys inside JSON values, too.
    ...(camelCase
      ? { transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } } }
      : {}),
    max: 1,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    // A database that was restarted is tried again at once: callers wait in the queue, not in sleep.
    backoff: false,
    onnotice: () => {},
    connection: { statement_timeout: STATEMENT_TIMEOUT_MS },
  };
  const sql = postgres(url, options);
  const endClient = sql.end;
  const pool = createPool(
    (onclose) => postgres(url, { ...options, max_lifetime: null, onclose }),
    connectionsMax,
  );
  return Object.assign(sql, {
    lease: pool.lease,
    end: async (limits?: { timeout?: number }) => {
      await Promise.all([endClient(limits), pool.end()]);
    },
  });
}
