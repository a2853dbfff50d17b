/** Where clients of hooks, and the tokens that they have used, are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Client, ClientInput } from "./model.ts";

type Row = Omit<Client, "createdAt" | "revokedAt" | "keyIds"> & {
  createdAt: Date;
  revokedAt: Date | null;
  keys: ClientInput["keys"];
};

const columns = (db: Db) =>
  db`id, name, issuer, nullif(tenant, '') as tenant, keys, fhir_server, created_by, created_at, revoked_at`;
const toClient = ({ keys, createdAt, revokedAt, ...row }: Row): Client => ({
  ...row,
  keyIds: keys.keys.map(({ kid }) => kid),
  createdAt: createdAt.toISOString(),
  revokedAt: revokedAt?.toISOString() ?? null,
});

/** Undefined when a client of this issuer and tenant is in force. */
export async function insertClient(
  db: Db,
  organizationId: string,
  { id, name, issuer, tenant = "", keys, jku, fhirServer }:
    & Omit<ClientInput, "jku" | "fhirServer">
    & {
      id: string;
      jku: string | null;
      fhirServer: string | null;
    },
  { userId, at }: { userId: string; at: Date },
): Promise<Client | undefined> {
  const [row] = await db<Row[]>`
    insert into cds_clients (id, organization_id, name, issuer, tenant, keys, jku,
                             fhir_server, created_by, created_at)
    values (${id}, ${organizationId}, ${name}, ${issuer}, ${tenant}, ${db.json(keys as never)},
            ${jku}, ${fhirServer}, ${userId}, ${at})
    on conflict (issuer, tenant) where revoked_at is null do nothing
    returning ${columns(db)}`;
  return row && toClient(row);
}

export async function listClients(
  db: Db,
  organizationId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Client[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from cds_clients
    where organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toClient);
}

export async function revokeClient(
  db: Db,
  organizationId: string,
  id: string,
  at: Date,
): Promise<Client | undefined> {
  const [row] = await db<Row[]>`
    update cds_clients set revoked_at = coalesce(revoked_at, ${at})
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return row && toClient(row);
}

export type Known = {
  id: string;
  organizationId: string;
  keys: ClientInput["keys"];
  jku: string | null;
  fhirServer: string | null;
};

/** Within the system's scope: who calls says whose organization it is. */
export async function findClient(
  db: Db,
  { issuer, tenant }: { issuer: string; tenant: string },
): Promise<Known | undefined> {
  const [row] = await db<Known[]>`
    select id, organization_id, keys, jku, fhir_server from cds_clients
    where issuer = ${issuer} and tenant = ${tenant} and revoked_at is null`;
  return row;
}

/** False when the client has used this token before. */
export async function useToken(
  db: Db,
  { id, organizationId }: Pick<Known, "id" | "organizationId">,
  { jtiSha256, expiresAt }: { jtiSha256: string; expiresAt: Date },
): Promise<boolean> {
  const used = await db`
    insert into cds_tokens (organization_id, client_id, jti_sha256, expires_at)
    values (${organizationId}, ${id}, ${jtiSha256}, ${expiresAt})
    on conflict do nothing`;
  return used.count === 1;
}

/** Those that are refused by their date by now. A few at a time, so that nobody waits for it. */
export async function forgetTokens(db: Db, id: string, before: Date): Promise<void> {
  await db`
    delete from cds_tokens
    where (client_id, jti_sha256) in (
      select client_id, jti_sha256 from cds_tokens
      where client_id = ${id} and expires_at < ${before}
      limit 100 for update skip locked)`;
}
