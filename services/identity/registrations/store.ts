/** Where registrations wait for their address to be verified. */
import type { Db } from "@praxis/shared/postgres";

export type Registration = {
  id: string;
  email: string;
  fullName: string;
  passwordHash: string;
  organizationName: string | null;
};

type New = Registration & { tokenHash: Uint8Array; createdAt: Date; expiresAt: Date };

export async function isKnown(db: Db, email: string): Promise<boolean> {
  return (await db`select 1 from users where email = ${email}`).length > 0;
}

export async function insert(db: Db, registration: New): Promise<void> {
  const { id, email, fullName, passwordHash, organizationName } = registration;
  const { tokenHash, createdAt, expiresAt } = registration;
  await db`
    insert into registrations (id, email, full_name, password_hash, organization_name, token_hash,
                               created_at, expires_at)
    values (${id}, ${email}, ${fullName}, ${passwordHash}, ${organizationName}, ${tokenHash},
            ${createdAt}, ${expiresAt})`;
}

export async function removeExpired(db: Db, now: Date): Promise<void> {
  await db`delete from registrations where expires_at <= ${now}`;
}

/** Gives the newest registration of the address another link; the older one is dead. */
export async function renew(
  db: Db,
  { email, tokenHash, expiresAt }: { email: string; tokenHash: Uint8Array; expiresAt: Date },
  now: Date,
): Promise<{ fullName: string } | undefined> {
  const [row] = await db<{ fullName: string }[]>`
    update registrations set token_hash = ${tokenHash}, expires_at = ${expiresAt}
    where id = (
      select id from registrations where email = ${email} and expires_at > ${now}
      order by created_at desc, id desc limit 1)
    returning full_name`;
  return row;
}

/** Removes the registration, and with it every other one of its address. */
export async function take(
  db: Db,
  tokenHash: Uint8Array,
  now: Date,
): Promise<Registration | undefined> {
  const [row] = await db<Registration[]>`
    delete from registrations where token_hash = ${tokenHash} and expires_at > ${now}
    returning id, email, full_name, password_hash, organization_name`;
  if (row) await db`delete from registrations where email = ${row.email}`;
  return row;
}
