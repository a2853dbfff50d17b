/** Where deliveries are kept: what is due, whose turn it is, and how each of them stands. */
import type { Db } from "@praxis/shared/postgres";
import type { Category } from "../preferences/model.ts";
import type { Channel } from "../providers/model.ts";
import { CHANNEL, type DeliveryView, type State } from "./model.ts";

export type NewDelivery = {
  id: string;
  recipientId: string;
  onBehalfOf: string | null;
  channel: Channel;
  nextChannels: readonly Channel[];
};

/** Wakes a worker when the transaction commits, and tells it whose these are. */
export async function insertDeliveries(
  db: Db,
  { organizationId, messageId, priority, dueAt, at }: {
    organizationId: string;
    messageId: string;
    /** Of the message's category: lower ones of an organization go first. */
    priority: number;
    dueAt: Date;
    at: Date;
  },
  deliveries: readonly NewDelivery[],
): Promise<void> {
  const rows = deliveries.map(({ id, recipientId, onBehalfOf, channel, nextChannels }) => ({
    id,
    recipient_id: recipientId,
    on_behalf_of: onBehalfOf,
    channel,
    next_channels: nextChannels,
  }));
  await db`
    with made as (
      insert into deliveries (id, organization_id, message_id, recipient_id, on_behalf_of, channel,
                              next_channels, priority, state, due_at, created_at, updated_at)
      select id, ${organizationId}, ${messageId}, recipient_id, on_behalf_of, channel,
             array(select jsonb_array_elements_text(next_channels)), ${priority}, 'queued', ${dueAt},
             ${at}, ${at}
      from jsonb_to_recordset(${db.json(rows as never)}::jsonb)
        as one (id uuid, recipient_id uuid, on_behalf_of uuid, channel text, next_channels jsonb)
    )
    select pg_notify(${CHANNEL}, ${organizationId})`;
}

export type Claimed = { id: string; organizationId: string };

/**
 * Leases up to `limit` deliveries that are due, the organizations in turn: one that has fifty
 * thousand waiting does not keep another waiting. Within one, what somebody waits for goes first.
 */
export async function claimDue(
  db: Db,
  { now, leasedUntil, limit, most = limit, busy }: {
    now: Date;
    leasedUntil: Date;
    limit: number;
    /** How many of one organization may be under way here. */
    most?: number;
    /** How many of each organization's are under way here: whoever has few comes first. */
    busy: ReadonlyMap<string, number>;
  },
): Promise<Claimed[]> {
  return await db<Claimed[]>`
    select id, organization_id from claim_deliveries(
      ${now}, ${leasedUntil}, ${limit}, ${most}, ${[...busy.keys()]}::uuid[],
      ${[...busy.values()]}::int[])`;
}

/** Leases what is to be settled: ambiguous tries, and those of workers that have died. */
export async function claimUnsettled(
  db: Db,
  { now, leasedUntil, limit }: { now: Date; leasedUntil: Date; limit: number },
): Promise<Claimed[]> {
  return await db<Claimed[]>`
    with due as (
      select id from deliveries
      where state in ('sending', 'unknown') and leased_until <= ${now}
      order by leased_until limit ${limit}
      for update skip locked
    )
    update deliveries d set leased_until = ${leasedUntil}
    from due where d.id = due.id
    returning d.id, d.organization_id`;
}

export type Pending = {
  id: string;
  messageId: string;
  recipientId: string;
  onBehalfOf: string | null;
  channel: Channel;
  nextChannels: Channel[];
  state: State;
  attempts: number;
  accountId: string | null;
  category: Category;
  template: string;
  /** Of a test: the version that is tried. */
  testVersion: number | null;
  testLocale: string | null;
  sealedData: Uint8Array;
  expiresAt: Date;
  cancelledAt: Date | null;
  locale: string | null;
  timeZone: string | null;
  quietFrom: string | null;
  quietTo: string | null;
  pointState: string | null;
  address: string | null;
  addressHash: string | null;
  country: string | null;
  isEntitled: boolean;
};

/** All that belongs to one delivery; the newest address that works is where it goes. */
export async function findPending(
  db: Db,
  { id, organizationId }: Claimed,
  now: Date,
): Promise<Pending | undefined> {
  const [row] = await db<Pending[]>`
    select d.id, d.message_id, d.recipient_id, d.on_behalf_of, d.channel, d.next_channels, d.state,
           d.attempts, d.account_id, m.category, m.template, m.sealed_data, m.expires_at,
           m.cancelled_at, r.locale, r.time_zone, r.quiet_from::text, r.quiet_to::text,
           m.test_version, m.test_locale, p.state as point_state, p.address, p.address_hash, p.country,
           (d.on_behalf_of is null or coalesce((
             select bool_and(g.ends_at is null or g.ends_at > ${now}) from guardians g
             where g.organization_id = d.organization_id
               and g.patient_id = any ((select family_ids(d.organization_id, d.on_behalf_of))::uuid[])
               and g.guardian_id = any ((select family_ids(d.organization_id, d.recipient_id))::uuid[])
           ), false)) as is_entitled
    from deliveries d
    join messages m on m.id = d.message_id
    cross join lateral (select heir_of(d.organization_id, d.recipient_id) as id) heir
    left join recipients r on r.organization_id = d.organization_id and r.id = heir.id
    left join lateral (
      select state, address, address_hash, country from contact_points
      where organization_id = d.organization_id and channel = d.channel
        and recipient_id = any ((select family_ids(d.organization_id, heir.id))::uuid[])
      order by state = 'verified' desc, state = 'unverified' desc, recipient_id = heir.id desc,
               id desc limit 1
    ) p on true
    where d.organization_id = ${organizationId} and d.id = ${id}`;
  return row;
}

export type Change = {
  state: State;
  reason?: string | null;
  dueAt?: Date;
  leasedUntil?: Date;
  providerMessageId?: string;
  at: Date;
};

/** Moves on from one of `from`, and never back: false when it was in none of them. */
export async function advance(
  db: Db,
  id: string,
  from: readonly State[],
  { state, reason = null, dueAt, leasedUntil, providerMessageId, at }: Change,
): Promise<boolean> {
  const { count } = await db`
    update deliveries
    set state = ${state}, reason = ${reason}, updated_at = ${at},
        due_at = coalesce(${dueAt ?? null}, due_at), leased_until = ${leasedUntil ?? null},
        provider_message_id = coalesce(${providerMessageId ?? null}, provider_message_id)
    where id = ${id} and state = any (${from as string[]})`;
  return count === 1;
}

export async function notifyWorkers(db: Db): Promise<void> {
  await db`select pg_notify(${CHANNEL}, '')`;
}

type ViewRow = Omit<DeliveryView, "dueAt" | "updatedAt"> & { dueAt: Date; updatedAt: Date };

const viewColumns = (db: Db) =>
  db`id, message_id, recipient_id, on_behalf_of, channel, state, reason, due_at, attempts, level,
     updated_at`;

const toView = (row: ViewRow): DeliveryView => ({
  ...row,
  dueAt: row.dueAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export type Filter = {
  recipientId?: string | undefined;
  state?: State | undefined;
  before?: string | undefined;
  limit: number;
};

export async function list(
  db: Db,
  organizationId: string,
  { recipientId, state, before, limit }: Filter,
): Promise<DeliveryView[]> {
  const rows = await db<ViewRow[]>`
    select ${viewColumns(db)} from deliveries
    where organization_id = ${organizationId}
      ${
    recipientId === undefined
      ? db``
      : db`and recipient_id = any ((select family_ids(${organizationId}, ${recipientId}))::uuid[])`
  }
      ${state === undefined ? db`` : db`and state = ${state}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toView);
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<DeliveryView | undefined> {
  const [row] = await db<ViewRow[]>`
    select ${viewColumns(db)} from deliveries
    where organization_id = ${organizationId} and id = ${id}`;
  return row && toView(row);
}

export async function listEvents(
  db: Db,
  organizationId: string,
  deliveryId: string,
): Promise<{ type: string; at: Date }[]> {
  return await db<{ type: string; at: Date }[]>`
    select type, at from provider_events
    where organization_id = ${organizationId} and delivery_id = ${deliveryId} order by at, event_id`;
}

export async function listOfMessage(
  db: Db,
  organizationId: string,
  messageId: string,
): Promise<DeliveryView[]> {
  const rows = await db<ViewRow[]>`
    select ${viewColumns(db)} from deliveries
    where organization_id = ${organizationId} and message_id = ${messageId} order by id`;
  return rows.map(toView);
}
