/** Where it is kept which addresses are not written to. */
import type { Db } from "@praxis/shared/postgres";
import type { Reason, Suppression } from "./model.ts";

type NewRow = {
  id: string;
  channel: string;
  addressHash: string;
  scope: string;
  reason: Reason;
  at: Date;
};

/** True when it was not there yet. */
export async function insert(db: Db, organizationId: string, row: NewRow): Promise<boolean> {
  const { count } = await db`
    insert into suppressions (id, organization_id, channel, address_hash, scope, reason, created_at)
    values (${row.id}, ${organizationId}, ${row.channel}, ${row.addressHash}, ${row.scope},
            ${row.reason}, ${row.at})
    on conflict do nothing`;
  return count === 1;
}

export async function liftReason(
  db: Db,
  organizationId: string,
  { channel, addressHash, reason, at }: {
    channel: string;
    addressHash: string;
    reason: Reason;
    at: Date;
  },
): Promise<number> {
  const { count } = await db`
    update suppressions set lifted_at = ${at}
    where organization_id = ${organizationId} and channel = ${channel}
      and address_hash = ${addressHash} and reason = ${reason} and lifted_at is null`;
  return count;
}

type Row = Omit<Suppression, "createdAt" | "liftedAt"> & {
  createdAt: Date;
  liftedAt: Date | null;
};
const toSuppression = (row: Row): Suppression => ({
  ...row,
  createdAt: row.createdAt.toISOString(),
  liftedAt: row.liftedAt?.toISOString() ?? null,
});

export async function list(
  db: Db,
  organizationId: string,
  { addressHash, before, limit }: {
    addressHash: string | undefined;
    before: string | undefined;
    limit: number;
  },
): Promise<Suppression[]> {
  const rows = await db<Row[]>`
    select id, channel, scope, reason, created_at, lifted_at from suppressions
    where organization_id = ${organizationId}
      ${addressHash === undefined ? db`` : db`and address_hash = ${addressHash}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toSuppression);
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Suppression | undefined> {
  const [row] = await db<Row[]>`
    select id, channel, scope, reason, created_at, lifted_at from suppressions
    where organization_id = ${organizationId} and id = ${id}`;
  return row && toSuppression(row);
}

export async function lift(db: Db, organizationId: string, id: string, at: Date): Promise<void> {
  await db`
    update suppressions set lifted_at = ${at}
    where organization_id = ${organizationId} and id = ${id} and lifted_at is null`;
}
