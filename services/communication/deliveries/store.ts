/** Where messages, their deliveries and every try are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Category, Standing, Stored } from "../preferences/model.ts";
import type { Channel, Level, Outcome } from "../providers/model.ts";
import type { DeliveryView, MessageView, State } from "./model.ts";

export const CHANNEL = "deliveries";

type NewRows = {
  id: string;
  organizationId: string;
  category: string;
  template: string;
  sealedData: Uint8Array;
  subject: { type: string; id: string } | undefined;
  dedupeKey: string | undefined;
  expiresAt: Date;
  createdBy: string;
  requestId: string;
  at: Date;
};

/** False when the key was used before. */
export async function insertMessage(db: Db, message: NewRows): Promise<boolean> {
  const { count } = await db`
    insert into messages (id, organization_id, category, template, sealed_data, subject_type,
                          subject_id, dedupe_key, expires_at, created_by, request_id, created_at)
    values (${message.id}, ${message.organizationId}, ${message.category}, ${message.template},
            ${message.sealedData as never}, ${message.subject?.type ?? null},
            ${message.subject?.id ?? null}, ${message.dedupeKey ?? null}, ${message.expiresAt},
            ${message.createdBy}, ${message.requestId}, ${message.at})
    on conflict (organization_id, dedupe_key) do nothing`;
  return count === 1;
}

export type NewDelivery = {
  id: string;
  recipientId: string;
  onBehalfOf: string | null;
  channel: Channel;
  nextChannels: readonly Channel[];
};

/** Wakes a worker when the transaction commits. */
export async function insertDeliveries(
  db: Db,
  { organizationId, messageId, dueAt, at }: {
    organizationId: string;
    messageId: string;
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
                              next_channels, state, due_at, created_at, updated_at)
      select id, ${organizationId}, ${messageId}, recipient_id, on_behalf_of, channel,
             array(select jsonb_array_elements_text(next_channels)), 'queued', ${dueAt}, ${at}, ${at}
      from jsonb_to_recordset(${db.json(rows as never)}::jsonb)
        as one (id uuid, recipient_id uuid, on_behalf_of uuid, channel text, next_channels jsonb)
    )
    select pg_notify(${CHANNEL}, '')`;
}

export type Claimed = { id: string; organizationId: string };

/**
 * Leases up to `limit` deliveries that are due, the organizations in turn: one that has fifty
 * thousand waiting does not keep another waiting.
 */
export async function claimDue(
  db: Db,
  { now, leasedUntil, limit, busy }: {
    now: Date;
    leasedUntil: Date;
    limit: number;
    /** How many of each organization's are under way here: whoever has few comes first. */
    busy: ReadonlyMap<string, number>;
  },
): Promise<Claimed[]> {
  return await db<Claimed[]>`
    with recursive organizations as (
      (select organization_id from deliveries where state in ('queued', 'deferred')
       order by organization_id limit 1)
      union all
      select (select d.organization_id from deliveries d
              where d.state in ('queued', 'deferred') and d.organization_id > o.organization_id
              order by d.organization_id limit 1)
      from organizations o where o.organization_id is not null
    ), busy as (
      select organization_id, count
      from unnest(${[...busy.keys()]}::uuid[], ${[...busy.values()]}::int[])
        as one (organization_id, count)
    ), chosen as (
      select due.id from organizations o left join busy using (organization_id) cross join lateral (
        select d.id, d.due_at, row_number() over (order by d.due_at, d.id) as turn from (
          select d.id, d.due_at from deliveries d
          where d.organization_id = o.organization_id and d.state in ('queued', 'deferred')
            and d.due_at <= ${now}
          order by d.due_at, d.id limit ${limit}
        ) d
      ) due
      order by due.turn + coalesce(busy.count, 0), due.due_at, due.id limit ${limit}
    ), locked as (
      select d.id from deliveries d
      where d.id = any (array(select id from chosen)) and d.state in ('queued', 'deferred')
      for update skip locked
    )
    update deliveries d
    set state = 'sending', leased_until = ${leasedUntil}, updated_at = ${now}
    from locked where d.id = locked.id
    returning d.id, d.organization_id`;
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
           p.state as point_state, p.address, p.address_hash, p.country,
           (d.on_behalf_of is null or exists (
             select 1 from guardians g
             where g.organization_id = d.organization_id and g.patient_id = d.on_behalf_of
               and g.guardian_id = d.recipient_id and (g.ends_at is null or g.ends_at > ${now})
           )) as is_entitled
    from deliveries d
    join messages m on m.id = d.message_id
    left join recipients r on r.organization_id = d.organization_id and r.id = d.recipient_id
    left join lateral (
      select state, address, address_hash, country from contact_points
      where organization_id = d.organization_id and recipient_id = d.recipient_id
        and channel = d.channel
      order by state = 'verified' desc, state = 'unverified' desc, id desc limit 1
    ) p on true
    where d.organization_id = ${organizationId} and d.id = ${id}`;
  return row;
}

/** What was said about an address and by somebody, and how much went there in a day. */
export async function findRules(
  db: Db,
  { organizationId, recipientId, channel, addressHash, category, since }: {
    organizationId: string;
    recipientId: string;
    channel: Channel;
    addressHash: string | null;
    category: string;
    since: Date;
  },
): Promise<{
  killSwitches: string[];
  suppressions: { scope: string; reason: string }[];
  preferences: Stored[];
  consents: Standing[];
  sentToday: number;
}> {
  const [switches, suppressions, preferences, consents, [sent]] = await Promise.all([
    db<{ scope: string }[]>`
      select scope from kill_switches where organization_id = ${organizationId}`,
    db<{ scope: string; reason: string }[]>`
      select scope, reason from suppressions
      where organization_id = ${organizationId} and channel = ${channel}
        and address_hash = ${addressHash} and lifted_at is null
      order by id`,
    db<Stored[]>`
      select category, channel, is_allowed from preferences
      where organization_id = ${organizationId} and recipient_id = ${recipientId}
        and channel = ${channel}`,
    db<Standing[]>`
      select distinct on (channel, purpose) channel, purpose, decision from consents
      where organization_id = ${organizationId} and recipient_id = ${recipientId}
        and channel = ${channel}
      order by channel, purpose, id desc`,
    db<{ count: number }[]>`
      select count(*)::int as count from deliveries d join messages m on m.id = d.message_id
      where d.organization_id = ${organizationId} and d.address_hash = ${addressHash}
        and d.channel = ${channel} and m.category = ${category} and d.updated_at > ${since}
        and d.state in ('accepted', 'sent', 'delivered', 'unknown')`,
  ]);
  return {
    killSwitches: switches.map(({ scope }) => scope),
    suppressions,
    preferences,
    consents,
    sentToday: sent?.count ?? 0,
  };
}

export type AttemptRow = {
  n: number;
  accountId: string;
  provider: string;
  startedAt: Date;
  endedAt: Date | null;
  outcome: Outcome | null;
  detail: string | null;
  settled: string | null;
};

export async function listAttempts(db: Db, deliveryId: string): Promise<AttemptRow[]> {
  return await db<AttemptRow[]>`
    select n, account_id, provider, started_at, ended_at, outcome, detail, settled
    from delivery_attempts where delivery_id = ${deliveryId} order by n`;
}

/** The try is on record before the provider is called. */
export async function beginAttempt(
  db: Db,
  attempt: {
    deliveryId: string;
    organizationId: string;
    n: number;
    accountId: string;
    provider: string;
    addressHash: string | null;
    templateVersion: number;
    level: Level;
    at: Date;
    leasedUntil: Date;
  },
): Promise<boolean> {
  const { count } = await db`
    with delivery as (
      update deliveries
      set attempts = ${attempt.n}, account_id = ${attempt.accountId},
          address_hash = ${attempt.addressHash}, template_version = ${attempt.templateVersion},
          level = ${attempt.level}, leased_until = ${attempt.leasedUntil}, updated_at = ${attempt.at}
      where id = ${attempt.deliveryId} and state = 'sending' and attempts = ${attempt.n - 1}
      returning id
    )
    insert into delivery_attempts
      (delivery_id, n, organization_id, account_id, provider, started_at)
    select id, ${attempt.n}, ${attempt.organizationId}, ${attempt.accountId}, ${attempt.provider},
           ${attempt.at}
    from delivery`;
  return count === 1;
}

type Ending = {
  deliveryId: string;
  n: number;
  outcome: Outcome;
  detail: string | null;
  providerMessageId: string | null;
  at: Date;
};

/** A worker that comes back after its lease finds the row ended by somebody else: false. */
export async function endAttempt(db: Db, ending: Ending): Promise<boolean> {
  // The delivery before its try, as those do who take a report of the provider.
  await db`select from deliveries where id = ${ending.deliveryId} for no key update`;
  const { count } = await db`
    update delivery_attempts
    set outcome = ${ending.outcome}, detail = ${ending.detail}, ended_at = ${ending.at},
        provider_message_id = ${ending.providerMessageId}
    where delivery_id = ${ending.deliveryId} and n = ${ending.n} and outcome is null`;
  return count === 1;
}

export async function settleAttempt(
  db: Db,
  { deliveryId, n, settled }: { deliveryId: string; n: number; settled: string },
): Promise<void> {
  await db`
    update delivery_attempts set settled = ${settled}
    where delivery_id = ${deliveryId} and n = ${n}`;
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
      ${recipientId === undefined ? db`` : db`and recipient_id = ${recipientId}`}
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

export async function findMessage(
  db: Db,
  organizationId: string,
  by: { id: string } | { dedupeKey: string },
): Promise<MessageView | undefined> {
  type Row = {
    id: string;
    category: Category;
    template: string;
    subjectType: string | null;
    subjectId: string | null;
    expiresAt: Date;
    createdAt: Date;
    cancelledAt: Date | null;
  };
  const [row] = await db<Row[]>`
    select id, category, template, subject_type, subject_id, expires_at, created_at, cancelled_at
    from messages where organization_id = ${organizationId}
      and ${"id" in by ? db`id = ${by.id}` : db`dedupe_key = ${by.dedupeKey}`}`;
  if (!row) return undefined;
  const deliveries = await db<ViewRow[]>`
    select ${viewColumns(db)} from deliveries
    where organization_id = ${organizationId} and message_id = ${row.id} order by id`;
  const { subjectType: type, subjectId, ...rest } = row;
  return {
    ...rest,
    subject: type === null || subjectId === null ? null : { type, id: subjectId },
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    cancelledAt: row.cancelledAt?.toISOString() ?? null,
    deliveries: deliveries.map(toView),
  };
}

/** Returns how many deliveries were still waiting, or undefined without such a message. */
export async function cancel(
  db: Db,
  organizationId: string,
  id: string,
  at: Date,
): Promise<number | undefined> {
  const found = await db`
    update messages set cancelled_at = coalesce(cancelled_at, ${at})
    where organization_id = ${organizationId} and id = ${id}`;
  if (found.count === 0) return undefined;
  const { count } = await db`
    update deliveries set state = 'cancelled', reason = 'cancelled', updated_at = ${at}
    where organization_id = ${organizationId} and message_id = ${id}
      and state in ('queued', 'deferred')`;
  return count;
}

/** Everything that waits to be said about one thing, as an appointment that was called off. */
export async function cancelSubject(
  db: Db,
  organizationId: string,
  { type, id }: { type: string; id: string },
  at: Date,
): Promise<number> {
  await db`
    update messages set cancelled_at = ${at}
    where organization_id = ${organizationId} and subject_type = ${type} and subject_id = ${id}
      and cancelled_at is null`;
  const { count } = await db`
    update deliveries d set state = 'cancelled', reason = 'cancelled', updated_at = ${at}
    from messages m
    where m.id = d.message_id and m.organization_id = ${organizationId}
      and m.subject_type = ${type} and m.subject_id = ${id}
      and d.state in ('queued', 'deferred')`;
  return count;
}

export async function isProviderIdKnown(
  db: Db,
  organizationId: string,
  providerMessageId: string,
): Promise<boolean> {
  const [row] = await db`
    select 1 from deliveries
    where organization_id = ${organizationId} and provider_message_id = ${providerMessageId}
    limit 1`;
  return row !== undefined;
}
