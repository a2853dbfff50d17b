/** Runs `migrations/NNNN_words.sql` in order, once each, forward only. */
import type { Sql } from "./connect.ts";

const LOCK = 4_201_337;
const FILE = /^\d{4}_[a-z0-9_]+\.sql$/;

/** A folder of migrations and the name its files are remembered under. */
export type MigrationFolder = { name: string; url: URL };

/**
 * Applies what is missing, all of it in one transaction under an advisory lock, as the role that
 * owns the tables. Returns the names applied.
 */
export async function migrate(sql: Sql, folders: readonly MigrationFolder[]): Promise<string[]> {
  const files = folders.flatMap(({ name, url }) =>
    [...Deno.readDirSync(url)].map((entry) => entry.name).filter((file) => FILE.test(file)).sort()
      .map((file) => ({ name: `${name}/${file}`, url: new URL(file, url) }))
  );
  return await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    await tx`create table if not exists migrations (
      name text primary key, applied_at timestamptz not null default now())`;
    const rows = await tx<{ name: string }[]>`select name from migrations`;
    const done = new Set(rows.map((row) => row.name));
    const pending = files.filter((file) => !done.has(file.name));
    for (const file of pending) {
      await tx.unsafe(await Deno.readTextFile(file.url));
      await tx`insert into migrations (name) values (${file.name})`;
    }
    return pending.map((file) => file.name);
  });
}
