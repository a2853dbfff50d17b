/** What time the database has. */
import type { Db } from "@praxis/shared/postgres";

export async function readTime(db: Db): Promise<Date> {
  const [row] = await db<{ now: Date }[]>`select clock_timestamp() as now`;
  return row!.now;
}
