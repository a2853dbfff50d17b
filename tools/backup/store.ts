/** What a backup asks of a database, and what a restore puts back. */
import type postgres from "postgres";
import type { Chain, DatabaseFacts } from "./model.ts";

/** A connection of a role that row-level security does not bind. */
export type Db = postgres.ReservedSql;

export type TableShape = { name: string; columns: string[] };

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
/** `schema.table`, as `listTables` names it. */
export const quotedTable = (name: string) => name.split(".").map(quoted).join(".");
const columnList = (columns: readonly string[]) => columns.map(quoted).join(", ");

/** Every table that holds data, partitions within their parent; computed columns are left out. */
export async function listTables(db: Db): Promise<TableShape[]> {
  return await db<TableShape[]>`
    select n.nspname || '.' || c.relname as name,
           array(select a.attname::text from pg_attribute a
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                   and a.attgenerated = '' order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
      and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      and not exists (select 1 from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid
                        and d.deptype = 'e')
    order by 1`;
}

export async function readFacts(db: Db): Promise<DatabaseFacts> {
  const [server] = await db<{ version: number }[]>`
    select current_setting('server_version_num')::int / 10000 as version`;
  const migrations = await db<{ name: string }[]>`select name from migrations order by name`;
  const chains = await db<Chain[]>`
    select organization_id as "organizationId", seq::int, encode(hash, 'hex') as hash
    from audit_heads order by organization_id`;
  const [jobs] = await db<{ version: number }[]>`select version::int from jobs.version`;
  return {
    postgres: server!.version,
    migrations: migrations.map(({ name }) => name),
    jobs: jobs?.version ?? null,
    chains: [...chains],
    sequences: await readSequences(db),
  };
}

async function readSequences(db: Db): Promise<DatabaseFacts["sequences"]> {
  const names = await db<{ name: string }[]>`
    select schemaname || '.' || sequencename as name from pg_sequences order by 1`;
  const found: DatabaseFacts["sequences"] = {};
  for (const { name } of names) {
    const [row] = await db.unsafe(
      `select last_value::text as value, is_called from ${quotedTable(name)}`,
    );
    found[name] = { value: row!.value, isCalled: row!.is_called };
  }
  return found;
}

/** The rows in COPY's text format, in the order in which they lie. */
export async function* copyOut(db: Db, table: TableShape): AsyncGenerator<Uint8Array> {
  const rows = await db.unsafe(
    `copy (select ${columnList(table.columns)} from ${quotedTable(table.name)}) to stdout`,
  ).readable();
  try {
    yield* rows;
  } finally {
    // The driver pauses its socket when rows come faster than they are taken, and goes on when more
    // are asked for, which nobody does once it has the last: the next answer would never be read.
    rows._read(0);
  }
}

export async function copyIn(
  db: Db,
  table: TableShape,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const writable = await db.unsafe(
    `copy ${quotedTable(table.name)} (${columnList(table.columns)}) from stdin`,
  ).writable();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  writable.once("error", reject);
  writable.once("finish", resolve);
  try {
    for await (const chunk of content) {
      if (writable.write(chunk)) continue;
      await Promise.race([new Promise((drained) => writable.once("drain", drained)), promise]);
    }
    writable.end();
  } catch (error) {
    writable.destroy(error as Error);
    throw error;
  }
  await promise;
}

export async function countRows(db: Db, table: string): Promise<number> {
  const [row] = await db.unsafe(`select count(*)::int as count from ${quotedTable(table)}`);
  return row!.count;
}

export async function emptyTables(db: Db, tables: readonly string[]): Promise<void> {
  await db.unsafe(`truncate ${tables.map(quotedTable).join(", ")}`);
}

export async function setSequences(
  db: Db,
  sequences: DatabaseFacts["sequences"],
): Promise<void> {
  for (const [name, { value, isCalled }] of Object.entries(sequences)) {
    await db`select setval(${quotedTable(name)}::regclass, ${value}::bigint, ${isCalled})`;
  }
}
