/** A bounded set of connections that are lent out one at a time, and thrown away when they break. */
import postgres from "postgres";
import { common } from "../problem/problem.ts";

/** A connection inside a transaction. Store functions take this, so they compose. */
export type Db = postgres.ISql;

export type Lease = {
  tx: Db;
  /** Rejects when the connection breaks while it is lent. */
  lost: Promise<never>;
  release(): void;
};

export type Pool = { lease(): Promise<Lease>; end(): Promise<void> };

/** More callers than this may not wait for a connection, and none longer than this. */
const WAITING_MAX = 1_000;
const WAIT_MS = 10_000;
/** A connection that is not there by then will not come: postgres.js may try for ever. */
const OPEN_MS = 6_000;

/** On each connection postgres.js asks for the array types, and nobody awaits the answer. */
function isUnawaitedByDriver(reason: unknown): boolean {
  const query = reason instanceof Error && "query" in reason ? reason.query : undefined;
  return typeof query === "string" && /\bpg_catalog\.pg_type\b/.test(query);
}

// Without this, a database that goes away at the wrong moment takes the whole process with it.
globalThis.addEventListener("unhandledrejection", (event) => {
  if (!isUnawaitedByDriver(event.reason)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
});

type Connection = {
  client: postgres.Sql;
  tx: Db;
  isLost: () => boolean;
  /**
   * Tells the present borrower that the connection has broken. A promise that lived as long as the
   * connection would hold on to everything that was ever raced against it.
   */
  onLost: (() => void) | undefined;
};

const lostError = () =>
  Object.assign(new Error("the connection to the database was lost"), { code: "CONNECTION_LOST" });

/**
 * postgres.js lends a broken connection on after a reconnect while its first borrower still holds
 * it, who would then write into another's transaction, or into a socket that is gone. So each of
 * our connections is a client of its own, and once it has broken nothing reaches it any more.
 */
function guard(reserved: postgres.ReservedSql, isLost: () => boolean): Db {
  const refuse = () => Promise.reject(lostError());
  return new Proxy(reserved, {
    apply: (target, _, args) =>
      isLost() ? refuse() : Reflect.apply(target as never, undefined, args),
    get: (target, name) =>
      name === "unsafe" && isLost() ? refuse : Reflect.get(target, name) as unknown,
  });
}

async function openConnection(
  open: (onClose: () => void) => postgres.Sql,
): Promise<Connection> {
  let isLost = false;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  const client = open(() => {
    isLost = true;
    reject(lostError());
    connection.onLost?.();
  });
  const connection: Connection = {
    client,
    tx: client,
    isLost: () => isLost,
    onLost: undefined,
  };
  const timer = setTimeout(() => reject(lostError()), OPEN_MS);
  try {
    const reserved = await Promise.race([client.reserve(), failed]);
    connection.tx = guard(reserved, () => isLost);
    return connection;
  } catch (error) {
    client.end({ timeout: 0 }).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** `open` makes a client with one connection that tells when it closes. */
export function createPool(open: (onClose: () => void) => postgres.Sql, size: number): Pool {
  const idle: Connection[] = [];
  const waiting: { resolve: (lease: Lease) => void; reject: (error: unknown) => void }[] = [];
  const all = new Set<Connection>();
  let opened = 0;
  let isEnding = false;

  function drop(connection: Connection): void {
    all.delete(connection);
    opened--;
    connection.client.end({ timeout: 0 }).catch(() => {});
  }

  function lend(connection: Connection): Lease {
    let isHeld = true;
    const { promise: lost, reject } = Promise.withResolvers<never>();
    // The borrower may be between two statements when it breaks.
    lost.catch(() => {});
    connection.onLost = () => reject(lostError());
    if (connection.isLost()) reject(lostError());
    return {
      tx: connection.tx,
      lost,
      release() {
        if (!isHeld) return;
        isHeld = false;
        connection.onLost = undefined;
        if (isEnding || connection.isLost()) drop(connection);
        else idle.push(connection);
        serveNext();
      },
    };
  }

  /** One that is not lent; those that have broken meanwhile are dropped. */
  function takeIdle(): Connection | undefined {
    for (;;) {
      const connection = idle.pop();
      if (!connection?.isLost()) return connection;
      drop(connection);
    }
  }

  /** A connection for whoever waits longest, if there is one or may be another. */
  function serveNext(): void {
    while (waiting.length > 0) {
      const connection = takeIdle();
      if (connection) waiting.shift()!.resolve(lend(connection));
      else if (opened < size) {
        const next = waiting.shift()!;
        opened++;
        openConnection(open).then((fresh) => {
          all.add(fresh);
          next.resolve(lend(fresh));
        }, (error) => {
          opened--;
          next.reject(error);
          serveNext();
        });
      } else return;
    }
  }

  return {
    lease() {
      if (isEnding) return Promise.reject(lostError());
      // Most find one: a timer for each would cost more than the rest of this. Nobody is overtaken,
      // since a connection is only idle while nobody waits.
      const ready = takeIdle();
      if (ready) return Promise.resolve(lend(ready));
      if (waiting.length >= WAITING_MAX) {
        return Promise.reject(common("unavailable", { headers: { "retry-after": "1" } }));
      }
      return new Promise((resolve, reject) => {
        const entry = {
          resolve: (lease: Lease) => (clearTimeout(timer), resolve(lease)),
          reject: (error: unknown) => (clearTimeout(timer), reject(error)),
        };
        const timer = setTimeout(() => {
          const at = waiting.indexOf(entry);
          if (at < 0) return;
          waiting.splice(at, 1);
          reject(common("unavailable", { headers: { "retry-after": "1" } }));
        }, WAIT_MS);
        waiting.push(entry);
        serveNext();
      });
    },
    async end() {
      isEnding = true;
      for (const { reject } of waiting.splice(0)) reject(lostError());
      await Promise.all([...all].map(({ client }) => client.end({ timeout: 0 })));
    },
  };
}
