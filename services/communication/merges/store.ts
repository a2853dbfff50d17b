/** How somebody who takes over is known here. */
import type { Merge } from "@praxis/shared/merges";
import type { Db } from "@praxis/shared/postgres";

export async function knowHeir(
  db: Db,
  { organizationId, fromId, intoId }: Merge,
  at: Date,
): Promise<void> {
  await db`select know_heir(${organizationId}, ${fromId}, ${intoId}, ${at})`;
}
