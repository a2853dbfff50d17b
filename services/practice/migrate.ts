/** Brings practice's database up to date, as the role that owns its tables. */
import { loadConfig, MigrationConfig } from "@praxis/shared/config";
import { migrateService } from "@praxis/shared/migrations";

const { DATABASE_MIGRATION_URL } = loadConfig(MigrationConfig);
await migrateService(DATABASE_MIGRATION_URL, new URL("./migrations/", import.meta.url));
