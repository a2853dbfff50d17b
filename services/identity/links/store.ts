/** Where mailed links are kept. Only the platform's own scope can see them. */
import type { Db } from "@praxis/shared/postgres";
import type { LinkKind } from "./model.ts";

export type NewLink = {
  kind: LinkKind;
  userId: string;
  tokenHash: Uint8Array;
  email: string | null;
  createdAt: Date;
  expiresAt: Date;
};

/** Takes the place of an older one. */
export async function put(db: Db, link: NewLink): Promise<void> {
  const { kind, userId, tokenHash, email, createdAt, expiresAt } = link;
  await db`
    insert into mailed_links (kind, user_id, token_hash, email, created_at, expires_at)
    values (${kind}, ${userId}, ${tokenHash}, ${email}, ${createdAt}, ${expiresAt})
    on conflict (kind, user_id) do update
    set token_hash = excluded.token_hash, email = excluded.email,
        created_at = excluded.created_at, expires_at = excluded.expires_at`;
}

export type Link = { userId: string; email: string | null };

/** Removes the link, and says whose it was if it was still good. Of two at once, one gets it. */
export async function take(
  db: Db,
  { kind, tokenHash }: { kind: LinkKind; tokenHash: Uint8Array },
  now: Date,
): Promise<Link | undefined> {
  const [row] = await db<(Link & { isLive: boolean })[]>`
    delete from mailed_links where kind = ${kind} and token_hash = ${tokenHash}
    returning user_id, email, expires_at > ${now} as is_live`;
  return row?.isLive ? { userId: row.userId, email: row.email } : undefined;
}

export async function removeAll(db: Db, userId: string): Promise<void> {
  await db`delete from mailed_links where user_id = ${userId}`;
}

export async function find(
  db: Db,
  { kind, tokenHash }: { kind: LinkKind; tokenHash: Uint8Array },
  now: Date,
): Promise<Link | undefined> {
  const [row] = await db<Link[]>`
    select user_id, email from mailed_links
    where kind = ${kind} and token_hash = ${tokenHash} and expires_at > ${now}`;
  return row;
}
