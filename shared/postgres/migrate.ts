/** Runs `migrations/NNNN_words.sql` in order, once each, forward only; and tells whether all have run. */
import type { Sql } from "./connect.ts";

const LOCK = 4_201_337;
const FILE = /^\d{4}_[a-z0-9_]+\.sql$/;

/** A folder of migrations and the name its files are remembered under. */
export type MigrationFolder = { name: string; url: URL };

/** A migration's name, and whether releases that do not know it can no longer work. */
export type Migration = { name: string; url: URL; isContract: boolean };

/** The mark of a contracting step: `-- contract: why nothing older is running any more`. */
const CONTRACT = /^-- contract: \S/m;
/** Stands among the names while a restore is under way. */
export const UNFINISHED_RESTORE = "restore/unfinished";

export function listMigrations(folders: readonly MigrationFolder[]): Migration[] {
  return folders.flatMap(({ name, url }) =>
    [...Deno.readDirSync(url)].map((entry) => entry.name).filter((file) => FILE.test(file)).sort()
      .map((file) => {
        const at = new URL(file, url);
        return {
          name: `${name}/${file}`,
          url: at,
          isContract: CONTRACT.test(Deno.readTextFileSync(at)),
        };
      })
  );
}

/**
 * Applies what is missing, all of it in one transaction under an advisory lock, as the role that
 * owns the tables; with `only`, no others. Returns the names applied.
 */
export async function migrate(
  sql: Sql,
  folders: readonly MigrationFolder[],
  only?: ReadonlySet<string>,
): Promise<string[]> {
  const files = listMigrations(folders).filter(({ name }) => only?.has(name) ?? true);
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    await tx`create table if not exists migrations (
      name text primary key, applied_at timestamptz not null default now(),
      is_contract boolean not null default false)`;
    const rows = await tx<{ name: string }[]>`select name from migrations`;
    const done = new Set(rows.map((row) => row.name));
    if (done.has(UNFINISHED_RESTORE)) throw new SchemaMismatch(unfinished);
    const pending = files.filter((file) => !done.has(file.name));
    for (const { name, url, isContract } of pending) {
      await tx.unsafe(await Deno.readTextFile(url));
      await tx`insert into migrations (name, is_contract) values (${name}, ${isContract})`;
    }
    return pending.map((file) => file.name);
  });
}

/** The database is not one that this release may work on; the message is for an operator. */
export class SchemaMismatch extends Error {
  override name = "SchemaMismatch";
}

const unfinished = "a restore into this database was broken off. Restore again into a new folder " +
  "or an empty database; this one holds a part only.";

/**
 * Asks, as the service's own role, whether the database is as far as this release. One that is
 * ahead by expanding steps only is fine: that is how a release is rolled out.
 * @throws SchemaMismatch
 */
export async function checkMigrations(
  sql: Sql,
  folders: readonly MigrationFolder[],
): Promise<void> {
  const rows = await sql<{ name: string; isContract: boolean }[]>`
    select name, is_contract from migrations`.catch((error) => {
    // No table, no column or no right to read it: never migrated, or long ago.
    if (["42P01", "42703", "42501"].includes(error.code)) return [];
    throw error;
  });
  const known = listMigrations(folders).map(({ name }) => name);
  const done = new Set(rows.map(({ name }) => name));
  if (done.has(UNFINISHED_RESTORE)) throw new SchemaMismatch(`Cannot start: ${unfinished}`);
  const missing = known.filter((name) => !done.has(name));
  if (missing.length > 0) {
    throw new SchemaMismatch(
      `Cannot start: the database is behind this release; ${missing.length} migrations are ` +
        `missing, the first is ${missing[0]}. Run the service's migrate.ts, then start it again.`,
    );
  }
  const ahead = rows.filter(({ name, isContract }) => isContract && !known.includes(name));
  if (ahead.length > 0) {
    throw new SchemaMismatch(
      "Cannot start: the database is ahead of this release, and not compatible with it any more, " +
        `since ${
          ahead[0]!.name
        }. Start the release that brought it, or restore a backup from before.`,
    );
  }
}
