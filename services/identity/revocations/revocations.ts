/** What can be done with revocations: add one, and wait for the next. */
import type { RevocationPage } from "@praxis/shared/auth";
import { type Db, read, type Sql } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { type NewRevocation, RECENT_MS } from "./model.ts";
import * as store from "./store.ts";

/** Shorter than the time-out of those who ask. */
const HOLD_MS = 25_000;
const PAGE_MAX = 1_000;

/** Within the transaction of the change; `deps.bell.ring()` after its commit. */
export async function add(tx: Db, revocation: NewRevocation, at: Date): Promise<void> {
  await store.insert(tx, revocation, at);
}

/** The same for sessions that ended together. */
export const addSessions = (
  tx: Db,
  sessions: readonly { id: string; organizationId: string }[],
  at: Date,
): Promise<void> => store.insertSessions(tx, sessions, at);

/** For the bell. */
export const newest = (sql: Sql): Promise<string> => read(sql, "system", store.findNewest);

const toItem = ({ kind, id, permissionVersion }: store.Row) => ({ kind, id, permissionVersion });

async function pageAfter({ sql, now }: Deps, after: string): Promise<RevocationPage> {
  return await read(sql, "system", async (tx) => {
    const newest = await store.findNewest(tx);
    // A number from the future is from before a restore: who holds it must start anew.
    const isNew = after === "" || BigInt(after) > BigInt(newest);
    const rows = isNew
      ? await store.listSince(tx, new Date(now().getTime() - RECENT_MS), PAGE_MAX)
      : await store.listAfter(tx, after, PAGE_MAX);
    const last = rows.at(-1)?.seq;
    return { items: rows.map(toItem), cursor: last ?? (isNew ? newest : after) };
  });
}

/**
 * What was revoked after `after`, at once when there is something, else as soon as there is, else
 * an empty page. Without `after`: what was revoked lately.
 */
export async function awaitAfter(deps: Deps, after: string): Promise<RevocationPage> {
  const endsAt = performance.now() + HOLD_MS;
  while (true) {
    const heard = deps.bell.rings();
    const page = await pageAfter(deps, after);
    if (page.items.length > 0 || page.cursor !== after) return page;
    const leftMs = endsAt - performance.now();
    if (leftMs <= 0 || !await deps.bell.wait(heard, leftMs)) return page;
  }
}
