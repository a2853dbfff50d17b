/** Where registrations wait for their address to be verified. */
import type { Db } from "@praxis/shared/postgres";

const LOCK = 4_201_340;

export type Registration = {
  id: string;
  email: string;
  fullName: string;
  passwordHash: string;
  organizationName: string | null;
};

/** Whether another registration of the address has been waiting at the same time. */
export type Verified = Registration & { isContested: boolean };

type New = Registration & { tokenHash: Uint8Array; createdAt: Date; expiresAt: Date };

export async function isKnown(db: Db, email: string): Promise<boolean> {
  return (await db`select 1 from users where email = ${email}`).length > 0;
}

/** From then on it and every other one that waits for the same address are contested. */
export async function insert(db: Db, registration: New): Promise<void> {
  const { id, email, fullName, passwordHash, organizationName } = registration;
  const { tokenHash, createdAt, expiresAt } = registration;
  // Of two at once the second sees the first.
  await db`select pg_advisory_xact_lock(${LOCK}, hashtext(${email}))`;
  await db`
    with others as (
      update registrations set is_contested = true
      where email = ${email} and expires_at > ${createdAt} returning 1)
    insert into registrations (id, email, full_name, password_hash, organization_name, token_hash,
                               created_at, expires_at, is_contested)
    values (${id}, ${email}, ${fullName}, ${passwordHash}, ${organizationName}, ${tokenHash},
            ${createdAt}, ${expiresAt}, exists (select 1 from others))`;
}

export async function removeExpired(db: Db, now: Date): Promise<void> {
  await db`delete from registrations where expires_at <= ${now}`;
}

type Renewal = { id: string; email: string; tokenHash: Uint8Array; expiresAt: Date };

/** Gives the registration another link; the older one is dead. False when it waits no more. */
export async function renew(
  db: Db,
  { id, email, tokenHash, expiresAt }: Renewal,
  now: Date,
): Promise<boolean> {
  const { count } = await db`
    update registrations set token_hash = ${tokenHash}, expires_at = ${expiresAt}
    where id = ${id} and email = ${email} and expires_at > ${now}`;
  return count === 1;
}

/** Removes the registration, and with it every other one of its address. */
export async function take(
  db: Db,
  tokenHash: Uint8Array,
  now: Date,
): Promise<Verified | undefined> {
  const [row] = await db<Verified[]>`
    delete from registrations where token_hash = ${tokenHash} and expires_at > ${now}
    returning id, email, full_name, password_hash, organization_name, is_contested`;
  if (row) await db`delete from registrations where email = ${row.email}`;
  return row;
}
