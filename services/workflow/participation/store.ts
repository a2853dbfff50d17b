/** What sagas change of tasks. */
import type { Db } from "@praxis/shared/postgres";

/** Cancels those that nobody has completed. Returns which. */
export async function cancel(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    update tasks set state = 'cancelled', version = version + 1
    where organization_id = ${organizationId} and id = any (${ids as string[]}::uuid[])
      and state in ('open', 'claimed')
    returning id`;
  return rows.map(({ id }) => id);
}
