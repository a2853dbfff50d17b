/** Where endpoints and what they are told are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { WebhookDelivery } from "./model.ts";

export type EndpointRow = {
  id: string;
  organizationId: string;
  url: string;
  eventTypes: string[];
  sealedSecret: Uint8Array;
  sealedPreviousSecret: Uint8Array | null;
  previousUntil: Date | null;
  isEnabled: boolean;
};

const columns = (db: Db) =>
  db`id, organization_id, url, event_types, sealed_secret, sealed_previous_secret, previous_until,
     is_enabled`;

export async function insert(
  db: Db,
  { id, organizationId, url, eventTypes, sealedSecret, at }: {
    id: string;
    organizationId: string;
    url: string;
    eventTypes: string[];
    sealedSecret: Uint8Array;
    at: Date;
  },
): Promise<void> {
  await db`
    insert into webhook_endpoints (id, organization_id, url, event_types, sealed_secret, created_at)
    values (${id}, ${organizationId}, ${url}, ${eventTypes}::text[], ${sealedSecret as never},
            ${at})`;
}

export async function list(db: Db, organizationId: string): Promise<EndpointRow[]> {
  return await db<EndpointRow[]>`
    select ${columns(db)} from webhook_endpoints
    where organization_id = ${organizationId} order by id`;
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<EndpointRow | undefined> {
  const [row] = await db<EndpointRow[]>`
    select ${columns(db)} from webhook_endpoints
    where organization_id = ${organizationId} and id = ${id}`;
  return row;
}

export async function rotate(
  db: Db,
  organizationId: string,
  { id, sealedSecret, previousUntil }: {
    id: string;
    sealedSecret: Uint8Array;
    previousUntil: Date;
  },
): Promise<void> {
  await db`
    update webhook_endpoints
    set sealed_previous_secret = sealed_secret, previous_until = ${previousUntil},
        sealed_secret = ${sealedSecret as never}
    where organization_id = ${organizationId} and id = ${id}`;
}

export async function remove(db: Db, organizationId: string, id: string): Promise<boolean> {
  const { count } = await db`
    delete from webhook_endpoints where organization_id = ${organizationId} and id = ${id}`;
  return count === 1;
}

/** Those that want to hear of it. */
export async function listListening(
  db: Db,
  organizationId: string,
  type: string,
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    select id from webhook_endpoints
    where organization_id = ${organizationId} and is_enabled and ${type} = any (event_types)`;
  return rows.map(({ id }) => id);
}

type NewDelivery = {
  id: string;
  organizationId: string;
  endpointId: string;
  eventId: string;
  type: string;
  payload: string;
  at: Date;
};

export async function enqueue(db: Db, row: NewDelivery): Promise<void> {
  await db`
    insert into webhook_deliveries
      (id, organization_id, endpoint_id, event_id, type, payload, state, due_at, created_at)
    values (${row.id}, ${row.organizationId}, ${row.endpointId}, ${row.eventId}, ${row.type},
            ${row.payload}, 'pending', ${row.at}, ${row.at})`;
}

export type Due = {
  id: string;
  organizationId: string;
  endpointId: string;
  eventId: string;
  payload: string;
  attempts: number;
};

/** Leases up to `limit` that are due, endpoints in turn. */
export async function claim(
  db: Db,
  { now, leasedUntil, limit, most, busy }: {
    now: Date;
    leasedUntil: Date;
    limit: number;
    /** How many of one endpoint may be under way here. */
    most: number;
    /** How many of each endpoint's are. */
    busy: ReadonlyMap<string, number>;
  },
): Promise<Due[]> {
  return await db<Due[]>`
    select id, organization_id, endpoint_id, event_id, payload, attempts
    from claim_webhook_deliveries(
      ${now}, ${leasedUntil}, ${limit}, ${most}, ${[...busy.keys()]}::uuid[],
      ${[...busy.values()]}::int[])`;
}

export async function finish(
  db: Db,
  { id, state, status, dueAt }: {
    id: string;
    state: WebhookDelivery["state"];
    status: string;
    dueAt: Date | undefined;
  },
): Promise<void> {
  await db`
    update webhook_deliveries
    set state = ${state}, attempts = attempts + 1, last_status = ${status}, leased_until = null,
        due_at = coalesce(${dueAt ?? null}, due_at)
    where id = ${id} and state = 'pending'`;
}

type Row = Omit<WebhookDelivery, "dueAt"> & { dueAt: Date };

export async function listDeliveries(
  db: Db,
  organizationId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<WebhookDelivery[]> {
  const rows = await db<Row[]>`
    select id, endpoint_id, event_id, type, state, attempts, last_status, due_at
    from webhook_deliveries where organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, dueAt: row.dueAt.toISOString() }));
}

export async function resend(
  db: Db,
  organizationId: string,
  id: string,
  at: Date,
): Promise<boolean> {
  const { count } = await db`
    update webhook_deliveries set state = 'pending', attempts = 0, due_at = ${at}, leased_until = null
    where organization_id = ${organizationId} and id = ${id}`;
  return count === 1;
}
