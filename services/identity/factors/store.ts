/** Where second factors are kept. Only the platform's own scope can see them. */
import type { Db } from "@praxis/shared/postgres";
import type { Factor } from "./model.ts";

type Row = Omit<Factor, "createdAt" | "lastUsedAt"> & { createdAt: Date; lastUsedAt: Date | null };

const toFactor = (row: Row): Factor => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});

export async function list(db: Db, userId: string): Promise<Factor[]> {
  const rows = await db<Row[]>`
    select id, kind, name, created_at, last_used_at from factors
    where user_id = ${userId} and confirmed_at is not null order by id`;
  return rows.map(toFactor);
}

export async function find(
  db: Db,
  { id, userId }: { id: string; userId: string },
): Promise<Factor | undefined> {
  const [row] = await db<Row[]>`
    select id, kind, name, created_at, last_used_at from factors
    where id = ${id} and user_id = ${userId} and confirmed_at is not null`;
  return row && toFactor(row);
}

type NewTotp = { id: string; userId: string; name: string; secret: Uint8Array };

/** Unconfirmed, and in place of an older unconfirmed one. */
export async function insertTotp(db: Db, factor: NewTotp, at: Date): Promise<void> {
  const { id, userId, name, secret } = factor;
  await db`delete from factors where user_id = ${userId} and confirmed_at is null`;
  await db`
    insert into factors (id, user_id, kind, name, secret, created_at)
    values (${id}, ${userId}, 'totp', ${name}, ${secret}, ${at})`;
}

export type Totp = { id: string; secret: Uint8Array };

export async function listTotps(db: Db, userId: string): Promise<Totp[]> {
  return await db<Totp[]>`
    select id, secret from factors
    where user_id = ${userId} and kind = 'totp' and confirmed_at is not null order by id`;
}

export async function findUnconfirmed(
  db: Db,
  { id, userId, since }: { id?: string | undefined; userId: string; since: Date },
): Promise<Totp | undefined> {
  const [row] = await db<Totp[]>`
    select id, secret from factors
    where user_id = ${userId} and kind = 'totp' and confirmed_at is null and created_at > ${since}
      ${id === undefined ? db`` : db`and id = ${id}`}`;
  return row;
}

/** False when the code of this step, or of a later one, was used before: also by a parallel one. */
export async function useStep(
  db: Db,
  { id, step }: { id: string; step: number },
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    update factors set last_step = ${step}, last_used_at = ${at}
    where id = ${id} and (last_step is null or last_step < ${step})`;
  return count === 1;
}

export async function confirm(db: Db, id: string, at: Date): Promise<void> {
  await db`update factors set confirmed_at = ${at} where id = ${id}`;
}

type NewPasskey = {
  id: string;
  userId: string;
  name: string;
  credentialId: string;
  publicKey: Uint8Array;
  signCount: number;
  transports: string[];
};

/** False when the passkey is known already, whoever has it. */
export async function insertPasskey(db: Db, passkey: NewPasskey, at: Date): Promise<boolean> {
  const { id, userId, name, credentialId, publicKey, signCount, transports } = passkey;
  const { count } = await db`
    insert into factors (id, user_id, kind, name, credential_id, public_key, sign_count, transports,
                         created_at, confirmed_at)
    values (${id}, ${userId}, 'passkey', ${name}, ${credentialId}, ${publicKey}, ${signCount},
            ${transports}, ${at}, ${at})
    on conflict (credential_id) do nothing`;
  return count === 1;
}

export type Passkey = {
  id: string;
  userId: string;
  credentialId: string;
  publicKey: Uint8Array;
  signCount: number;
  transports: string[];
};

export async function listPasskeys(db: Db, userId: string): Promise<Passkey[]> {
  return await db<Passkey[]>`
    select id, user_id, credential_id, public_key, sign_count::int, transports from factors
    where user_id = ${userId} and kind = 'passkey' order by id`;
}

export async function findPasskeyOwner(
  db: Db,
  credentialId: string,
): Promise<string | undefined> {
  const [row] = await db<{ userId: string }[]>`
    select user_id from factors where credential_id = ${credentialId}`;
  return row?.userId;
}

/** Locked: of two answers with one counter, one is refused. */
export async function lockPasskey(db: Db, credentialId: string): Promise<Passkey | undefined> {
  const [row] = await db<Passkey[]>`
    select id, user_id, credential_id, public_key, sign_count::int, transports from factors
    where credential_id = ${credentialId} for update`;
  return row;
}

export async function usePasskey(
  db: Db,
  { id, signCount }: { id: string; signCount: number },
  at: Date,
): Promise<void> {
  await db`update factors set sign_count = ${signCount}, last_used_at = ${at} where id = ${id}`;
}

export async function remove(
  db: Db,
  { id, userId }: { id: string; userId: string },
): Promise<void> {
  await db`delete from factors where id = ${id} and user_id = ${userId}`;
}

export async function replaceRecoveryCodes(
  db: Db,
  userId: string,
  hashes: Uint8Array[],
): Promise<void> {
  await db`delete from recovery_codes where user_id = ${userId}`;
  for (const hash of hashes) {
    await db`insert into recovery_codes (user_id, code_hash) values (${userId}, ${hash})`;
  }
}

/** False when it is none of the user's, or was used before. */
export async function useRecoveryCode(
  db: Db,
  { userId, hash }: { userId: string; hash: Uint8Array },
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    update recovery_codes set used_at = ${at}
    where user_id = ${userId} and code_hash = ${hash} and used_at is null`;
  return count === 1;
}

export async function countRecoveryCodes(db: Db, userId: string): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from recovery_codes
    where user_id = ${userId} and used_at is null`;
  return row!.count;
}

/** The strictest thing that one of the user's clinics asks. */
export async function isFactorAsked(db: Db, userId: string): Promise<boolean> {
  const rows = await db`
    select 1 from security_policies p join memberships m on m.organization_id = p.organization_id
    where m.user_id = ${userId} and m.ended_at is null and p.second_factor <> 'optional' limit 1`;
  return rows.length > 0;
}

export async function findEmail(db: Db, userId: string): Promise<string> {
  const [row] = await db<{ email: string }[]>`select email from users where id = ${userId}`;
  return row!.email;
}
