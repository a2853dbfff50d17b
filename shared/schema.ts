/** What a service's schema consists of, and whether a database has it. */
import type { Sql } from "./postgres/connect.ts";
import { checkMigrations, listMigrations, type MigrationFolder } from "./postgres/migrate.ts";

const shared = (name: string): MigrationFolder => ({
  name: `shared/${name}`,
  url: new URL(`./${name}/migrations/`, import.meta.url),
});

const SHARED = ["postgres", "audit", "idempotency", "events"].map(shared);

/** Every folder that makes up a service's schema, in the order in which they are applied. */
export const foldersOf = (folder: URL): MigrationFolder[] => [
  ...SHARED,
  { name: "service", url: folder },
];

/** All migrations of the service whose own are in `folder`. */
export const migrationsOf = (folder: URL) => listMigrations(foldersOf(folder));

/** @throws SchemaMismatch when the service must not run on this database, in an operator's words. */
export const checkSchema = (sql: Sql, folder: URL) => checkMigrations(sql, foldersOf(folder));
