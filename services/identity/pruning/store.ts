/** Where pruning happens: one function of the database, which alone may remove. */
import type { Db } from "@praxis/shared/postgres";

export async function prune(
  db: Db,
  { at, rememberedSince, limit }: { at: Date; rememberedSince: Date; limit: number },
): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select prune(${at}, ${rememberedSince}, ${limit}) as count`;
  return row!.count;
}
