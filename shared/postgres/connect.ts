/** One way to open Postgres: camelCase rows, bounded pool, no surprises. */
import postgres from "postgres";

export type Sql = postgres.Sql;
/** A connection inside a transaction. Store functions take this, so they compose. */
export type Db = postgres.ISql;

/** More connections were slower on two cores (docs/adr/0004). */
export const POOL_SIZE = 4;
const CONNECT_TIMEOUT_SECONDS = 5;
const STATEMENT_TIMEOUT_MS = 15_000;

export function connect(url: string, { connectionsMax = POOL_SIZE } = {}): Sql {
  return postgres(url, {
    // Column names only: `postgres.camel` would rename keys inside JSON values, too.
    transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
    max: connectionsMax,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    // A database that was restarted is tried again at once: callers wait in the queue, not in sleep.
    backoff: false,
    onnotice: () => {},
    connection: { statement_timeout: STATEMENT_TIMEOUT_MS },
  });
}
