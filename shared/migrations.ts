/** The body of every service's `migrate.ts`: shared tables first, then the service's own. */
import { migrateJobs } from "./jobs/jobs.ts";
import { connect } from "./postgres/connect.ts";
import { migrate } from "./postgres/migrate.ts";
import { foldersOf } from "./schema.ts";

export { SchemaMismatch, UNFINISHED_RESTORE } from "./postgres/migrate.ts";
export { checkSchema, migrationsOf } from "./schema.ts";

/**
 * Brings the database at `ownerUrl` up to date. `folder` is the service's `migrations/`. With
 * `only`, nothing beyond these names: for a restore of what an older release left. Returns the
 * names of the migrations applied.
 */
export async function migrateService(
  ownerUrl: string,
  folder: URL,
  only?: ReadonlySet<string>,
): Promise<string[]> {
  const sql = connect(ownerUrl, { connectionsMax: 1 });
  try {
    const applied = await migrate(sql, foldersOf(folder), only);
    await migrateJobs(ownerUrl);
    return applied;
  } finally {
    await sql.end();
  }
}
