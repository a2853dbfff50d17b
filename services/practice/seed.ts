/** Writes the demo data, for development and tests; refuses in production. */
import { loadConfig } from "@praxis/shared/config";
import { connect } from "@praxis/shared/postgres";
import { SeedConfig } from "./config.ts";
import { writeDemoData } from "./demo_data.ts";

const { DATABASE_URL, PRAXIS_ENV } = loadConfig(SeedConfig);
if (PRAXIS_ENV === "production") throw new TypeError("There is no demo data in production");
const sql = connect(DATABASE_URL, { connectionsMax: 2 });
try {
  await writeDemoData(sql, () => new Date());
} finally {
  await sql.end({ timeout: 5 });
}
