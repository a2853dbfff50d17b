/** The body of every service's `migrate.ts`: shared tables first, then the service's own. */
import { migrateJobs } from "./jobs/jobs.ts";
import { connect } from "./postgres/connect.ts";
import { migrate, type MigrationFolder } from "./postgres/migrate.ts";

const shared = (name: string): MigrationFolder => ({
  name: `shared/${name}`,
  url: new URL(`./${name}/migrations/`, import.meta.url),
});

const SHARED = ["postgres", "audit", "idempotency", "events"].map(shared);

/**
 * Brings the database at `ownerUrl` up to date. `folder` is the service's `migrations/`. Returns
 * the names of the migrations applied.
 */
export async function migrateService(ownerUrl: string, folder: URL): Promise<string[]> {
  const sql = connect(ownerUrl, { connectionsMax: 1 });
  try {
    const applied = await migrate(sql, [...SHARED, { name: "service", url: folder }]);
    await migrateJobs(ownerUrl);
    return applied;
  } finally {
    await sql.end();
  }
}
