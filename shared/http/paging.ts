/** Lists: bounded pages, continued by an opaque cursor over the sort key (never an offset). */
import { z } from "@hono/zod-openapi";
import { common } from "../problem/problem.ts";

export const PAGE_LIMIT_MAX = 100;
export const PAGE_LIMIT_DEFAULT = 25;

export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  cursor: z.string().max(500).optional(),
});

/** The schema of a page of `item`. */
export const Page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export type Paged<T> = { items: T[]; nextCursor: string | null };

/**
 * Cuts `rows`, of which the caller has fetched `limit + 1`, into a page whose cursor holds the
 * sort key of its last row.
 */
export function toPage<T>(rows: T[], limit: number, keyOf: (row: T) => unknown[]): Paged<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  const text = more ? JSON.stringify(keyOf(last)) : "";
  return { items, nextCursor: more ? new TextEncoder().encode(text).toBase64(URL_SAFE) : null };
}

const URL_SAFE = { alphabet: "base64url", omitPadding: true } as const;

/** The sort key inside a cursor. A cursor that was not ours is a 422, whatever is wrong with it. */
export function readCursor<T extends z.ZodType>(
  cursor: string | undefined,
  key: T,
): z.output<T> | undefined {
  if (cursor === undefined) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    return key.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw common("invalid-request", {
      errors: [{ pointer: "/cursor", detail: "This cursor was not given out here." }],
    });
  }
}
