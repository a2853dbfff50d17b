/** What the stories about documents have in common: many at once, and found by their words. */
import { z } from "zod";
import type { SignedIn } from "../client.ts";

/** How many requests are under way at once. */
const PARALLEL = 8;

/** Does `work` for each of `things`, some at once; the results come in the order of the things. */
export async function forEach<T, R>(
  things: AsyncIterable<T> | Iterable<T>,
  work: (thing: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const source = Symbol.asyncIterator in things
    ? things[Symbol.asyncIterator]()
    : things[Symbol.iterator]();
  let taking: Promise<unknown> = Promise.resolve();
  let next = 0;
  async function take(): Promise<{ at: number; thing: T } | undefined> {
    const { done, value } = await source.next();
    return done ? undefined : { at: next++, thing: value };
  }
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    for (;;) {
      // One at a time: a generator gives things in order.
      const taken = taking.then(take);
      taking = taken.catch(() => {});
      const one = await taken;
      if (!one) return;
      results[one.at] = await work(one.thing);
    }
  }));
  return results;
}

const Found = z.object({
  items: z.array(z.object({ document: z.object({ id: z.string() }) })),
  nextCursor: z.string().nullable(),
});

/** Is the document `id` among the results of a search, on whatever page? */
export async function isFound(
  client: SignedIn,
  query: Record<string, string>,
  id: string,
): Promise<boolean> {
  const search = new URLSearchParams({ ...query, limit: "100" });
  for (;;) {
    const page = Found.parse(await client.get(`/api/content/search?${search}`));
    if (page.items.some(({ document }) => document.id === id)) return true;
    if (page.nextCursor === null) return false;
    search.set("cursor", page.nextCursor);
  }
}
