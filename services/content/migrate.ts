/** Brings content's database up to date. */
import { loadConfig, MigrationConfig } from "@praxis/shared/config";
import { migrateService } from "@praxis/shared/migrations";

const config = loadConfig(MigrationConfig);
const applied = await migrateService(
  config.DATABASE_MIGRATION_URL,
  new URL("./migrations/", import.meta.url),
);
Deno.stdout.writeSync(new TextEncoder().encode(`content: ${applied.length} migrations applied\n`));
