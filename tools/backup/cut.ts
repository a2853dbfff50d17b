/**
 * One moment across all databases. While every table of every database is held against writes,
 * each database's snapshot is taken; so no fact is on its way between them, and together they are
 * what a power cut at that moment would have left (docs/adr/0016).
 */
import postgres from "postgres";
import { Refusal } from "./refusal.ts";
import { type Db, listTables, quotedTable, readFacts, type TableShape } from "./store.ts";
import type { DatabaseFacts } from "./model.ts";

export type Cut = {
  at: Date;
  fenceMs: number;
  databases: Record<string, { db: Db; tables: TableShape[]; facts: DatabaseFacts }>;
  end(): Promise<void>;
};

/** A writer that holds what we want, and wants what we hold in another database, is let through. */
const LOCK_TIMEOUT_MS = 1_000;
/** Of a ring within one database we are the one to give way, before the writer is made to. */
const DEADLOCK_TIMEOUT_MS = 50;
const PAUSE_MS = 100;
const ATTEMPTS_MAX = 60;
/** Locked out, in a ring, or the lock was taken away: try again. */
const BUSY = ["55P03", "40P01", "57014"];

export function connectAsAdmin(url: string, connectionsMax = 1): postgres.Sql {
  return postgres(url, {
    max: connectionsMax,
    connect_timeout: 10,
    onnotice: () => {},
    // Rows are read in the order in which they lie, so that two readings can be compared.
    connection: { synchronize_seqscans: "off", row_security: "off", statement_timeout: 0 },
  });
}

/** `urls` by service, of roles that may lock and read every table. */
export async function takeCut(urls: Readonly<Record<string, string>>): Promise<Cut> {
  const clients = Object.fromEntries(
    Object.entries(urls).map(([service, url]) => [service, connectAsAdmin(url, 2)]),
  );
  const end = async () => {
    await Promise.all(Object.values(clients).map((client) => client.end({ timeout: 5 })));
  };
  try {
    for (let attempt = 1;; attempt++) {
      const cut = await tryCut(clients);
      if (cut) return { ...cut, end };
      if (attempt === ATTEMPTS_MAX) {
        throw new Refusal(
          "Writes did not pause long enough for a backup. Look for transactions that stay open " +
            "(select pid, xact_start, query from pg_stat_activity order by xact_start) and try again.",
        );
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * Math.random()));
    }
  } catch (error) {
    await end();
    throw error;
  }
}

async function tryCut(
  clients: Readonly<Record<string, postgres.Sql>>,
): Promise<Omit<Cut, "end"> | undefined> {
  const services = Object.keys(clients);
  const held: Record<string, { fence: Db; reader: Db; tables: TableShape[] }> = {};
  const startedAt = performance.now();
  try {
    const locked = await Promise.allSettled(services.map(async (service) => {
      const [fence, reader] = [
        await clients[service]!.reserve(),
        await clients[service]!.reserve(),
      ];
      const tables = await listTables(fence);
      held[service] = { fence, reader, tables };
      await fence.unsafe(
        `begin; set local lock_timeout = ${LOCK_TIMEOUT_MS};
         set local deadlock_timeout = ${DEADLOCK_TIMEOUT_MS};
         lock table ${tables.map(({ name }) => quotedTable(name)).join(", ")} in share mode`,
      ).simple();
    }));
    const failed = locked.find((result) => result.status === "rejected");
    if (failed) {
      await release(Object.values(held).flatMap(({ fence, reader }) => [fence, reader]));
      if (BUSY.includes((failed.reason as { code?: string }).code ?? "")) return undefined;
      throw failed.reason;
    }
    const at = new Date();
    const facts = Object.fromEntries(
      await Promise.all(services.map(async (service) => {
        const { reader } = held[service]!;
        await reader.unsafe("begin isolation level repeatable read, read only");
        // The first statement takes the snapshot; sequences know none, so they are read here, too.
        return [service, await readFacts(reader)] as const;
      })),
    );
    await release(Object.values(held).map(({ fence }) => fence));
    return {
      at,
      fenceMs: Math.round(performance.now() - startedAt),
      databases: Object.fromEntries(services.map((service) => {
        const { reader, tables } = held[service]!;
        return [service, { db: reader, tables, facts: facts[service]! }];
      })),
    };
  } catch (error) {
    await release(Object.values(held).flatMap(({ fence, reader }) => [fence, reader]));
    throw error;
  }
}

async function release(connections: readonly Db[]): Promise<void> {
  await Promise.all(connections.map(async (db) => {
    await db.unsafe("rollback").catch(() => {});
    db.release();
  }));
}
