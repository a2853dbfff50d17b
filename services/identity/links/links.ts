/** What can be done with mailed links: make one, use it once, make all of a user worthless. */
import type { Db } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { problem } from "../problems.ts";
import { hashOf, LINK_MS, type LinkKind, newToken } from "./model.ts";
import * as store from "./store.ts";

/** Within `tx`. The user's older link of this kind is worth nothing from then on. */
export async function make(
  { region }: Pick<Deps, "region">,
  tx: Db,
  { kind, userId, email = null }: { kind: LinkKind; userId: string; email?: string | null },
  at: Date,
): Promise<string> {
  const token = newToken(region);
  const expiresAt = new Date(at.getTime() + LINK_MS);
  await store.put(tx, { kind, userId, tokenHash: hashOf(token), email, createdAt: at, expiresAt });
  return token;
}

/** Within `tx`. @throws Problem `link-expired`, also for one that never was. */
export async function use(
  tx: Db,
  { kind, token }: { kind: LinkKind; token: string },
  at: Date,
): Promise<store.Link> {
  const link = await store.take(tx, { kind, tokenHash: hashOf(token) }, at);
  if (!link) throw problem("link-expired");
  return link;
}

export const makeWorthless = (tx: Db, userId: string): Promise<void> => store.removeAll(tx, userId);

/** Without using it. @throws Problem `link-expired` */
export async function find(
  tx: Db,
  { kind, token }: { kind: LinkKind; token: string },
  at: Date,
): Promise<store.Link> {
  const link = await store.find(tx, { kind, tokenHash: hashOf(token) }, at);
  if (!link) throw problem("link-expired");
  return link;
}
