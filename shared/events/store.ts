/** Where facts wait to be told, and where those that came in are remembered. */
import type { Db } from "../postgres/connect.ts";
import type { EventEnvelope } from "./event.ts";

/** A message on it names those for whom something waits, by commas. */
export const OUTBOX_CHANNEL = "outbox";

/**
 * Writes a fact and its deliveries. The advisory lock is held until the transaction ends: without
 * it a later `seq` of the same aggregate could be committed, and told, before an earlier one.
 */
export async function insert(
  db: Db,
  event: EventEnvelope,
  subscribers: readonly string[],
): Promise<void> {
  const aggregate = event.subject;
  const locked = db`
    select pg_advisory_xact_lock(
      hashtextextended(${`outbox ${event.organizationid} ${aggregate}`}, 0))`.execute();
  const written = db`
    with event as (
      insert into outbox_events (id, organization_id, aggregate, event)
      values (${event.id}, ${event.organizationid}, ${aggregate}, ${db.json(event as never)})
      returning seq
    ), deliveries as (
      insert into outbox_deliveries (seq, subscriber, organization_id, aggregate)
      select event.seq, subscriber, ${event.organizationid}, ${aggregate}
      from event, unnest(${subscribers as string[]}::text[]) as subscriber
    )
    select pg_notify(${OUTBOX_CHANNEL}, ${subscribers.join(",")})
    where ${subscribers.length > 0}`.execute();
  await Promise.all([locked, written]);
}

export type Delivery = {
  seq: string;
  subscriber: string;
  attempts: number;
  refusals: number;
  event: EventEnvelope;
};

/**
 * Has what follows in the transaction planned once and by indexes, whatever the statistics say. The
 * outbox is empty most of the time: a plan that was made then reads all of a later backlog for each
 * delivery, and a new plan for each delivery costs more than the delivery.
 */
const byIndexes = (db: Db) =>
  db`
    set_config('plan_cache_mode', 'force_generic_plan', true),
    set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`;

const planByIndexes = (db: Db): Promise<unknown> => db`select ${byIndexes(db)}`.execute();

/**
 * The same for what need not be on the disk before it is acted upon: a lease or a mark that is lost
 * with the database's process only means that a fact is told again, and the receiver remembers.
 */
const planByIndexesAndCommitSoon = (db: Db): Promise<unknown> =>
  db`select ${byIndexes(db)}, set_config('synchronous_commit', 'off', true)`.execute();

/** Names of those for whom something waits, due or not. */
export async function listSubscribers(db: Db): Promise<string[]> {
  // One index probe per subscriber, however many deliveries wait.
  const planned = planByIndexes(db);
  const found = db<{ subscriber: string }[]>`
    with recursive waiting as (
      (select subscriber from outbox_deliveries where state = 'pending'
       order by subscriber limit 1)
      union all
      select (select d.subscriber from outbox_deliveries d
              where d.state = 'pending' and d.subscriber > waiting.subscriber
              order by d.subscriber limit 1)
      from waiting where waiting.subscriber is not null
    )
    select subscriber from waiting where subscriber is not null`.execute();
  const [, rows] = await Promise.all([planned, found]);
  return rows.map(({ subscriber }) => subscriber);
}

/**
 * Leases up to `limit` deliveries to `subscriber` that are due, each the oldest undelivered of its
 * aggregate, and the organizations in turn. A lease that has run out is free for anyone: that is
 * how a dead relay's work goes on. Everything is looked up by key, not joined, so that one plan serves
 * an empty outbox and a full one; and where rows are named by their key, pending is said in a way
 * that no partial index matches, whose every row the planner would walk through.
 */
export async function lease(
  db: Db,
  subscriber: string,
  limit: number,
  seconds: number,
): Promise<Delivery[]> {
  const planned = planByIndexesAndCommitSoon(db);
  const leased = db<Delivery[]>`
    with recursive organizations as (
      (select organization_id from outbox_deliveries
       where subscriber = ${subscriber} and state = 'pending'
       order by organization_id limit 1)
      union all
      select (select d.organization_id from outbox_deliveries d
              where d.subscriber = ${subscriber} and d.state = 'pending'
                and d.organization_id > o.organization_id
              order by d.organization_id limit 1)
      from organizations o where o.organization_id is not null
    ), chosen as (
      select oldest.seq from organizations o cross join lateral (
        select d.seq, row_number() over (order by d.seq) as turn from (
          select d.seq from outbox_deliveries d
          where d.subscriber = ${subscriber} and d.organization_id = o.organization_id
            and d.state = 'pending' and d.due_at <= now()
            and (d.leased_until is null or d.leased_until < now())
            and d.seq = (
              select oldest.seq from outbox_deliveries oldest
              where oldest.subscriber = d.subscriber and oldest.aggregate = d.aggregate
                and oldest.state = 'pending'
              order by oldest.seq limit 1)
          order by d.seq limit ${limit}
        ) d
      ) oldest
      order by oldest.turn, oldest.seq limit ${limit}
    ), due as (
      select d.seq from outbox_deliveries d
      where d.subscriber = ${subscriber} and d.seq = any (array(select seq from chosen))
        and d.state not in ('delivered', 'dead') and (d.leased_until is null or d.leased_until < now())
      for update skip locked
    )
    update outbox_deliveries d
    set leased_until = now() + make_interval(secs => ${seconds})
    where d.subscriber = ${subscriber} and d.seq = any (array(select seq from due))
    returning d.seq, d.subscriber, d.attempts, d.refusals,
              (select e.event from outbox_events e where e.seq = d.seq) as event`.execute();
  const [, deliveries] = await Promise.all([planned, leased]);
  return deliveries;
}

type Key = Pick<Delivery, "seq" | "subscriber">;

export async function markDelivered(
  db: Db,
  subscriber: string,
  seqs: readonly string[],
): Promise<void> {
  const planned = planByIndexesAndCommitSoon(db);
  const marked = db`
    update outbox_deliveries
    set state = 'delivered', attempts = attempts + 1, leased_until = null, last_error = null
    where subscriber = ${subscriber} and seq = any (${seqs as string[]}::bigint[])
      and state not in ('delivered', 'dead')`.execute();
  await Promise.all([planned, marked]);
}

export type Failure = {
  reason: string;
  isRefusal: boolean;
  /** Undefined: given up, for an operator to look at. */
  retryInSeconds: number | undefined;
};

export async function markFailed(
  db: Db,
  { seq, subscriber }: Key,
  { reason, isRefusal, retryInSeconds }: Failure,
): Promise<void> {
  await db`
    update outbox_deliveries
    set state = ${retryInSeconds === undefined ? "dead" : "pending"},
        attempts = attempts + 1, refusals = refusals + ${isRefusal ? 1 : 0},
        leased_until = null, last_error = ${reason},
        due_at = now() + make_interval(secs => ${retryInSeconds ?? 0})
    where seq = ${seq} and subscriber = ${subscriber} and state = 'pending'`;
}

/** Removes what nobody needs any more; returns how many rows went. */
export async function purge(
  db: Db,
  { toldDays, heardDays, limit }: { toldDays: number; heardDays: number; limit: number },
): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select purge_events(now() - make_interval(days => ${toldDays}),
                        now() - make_interval(days => ${heardDays}), ${limit}) as count`;
  return row?.count ?? 0;
}

/** Remembers facts that came in; returns the ids of those that were not seen before. */
export async function markReceived(
  db: Db,
  events: readonly EventEnvelope[],
): Promise<ReadonlySet<string>> {
  // In one order, so that two batches with the same facts cannot wait for each other.
  const rows = await db<{ id: string }[]>`
    insert into inbox_events (organization_id, source, id, type)
    select organization_id, source, id, type
    from unnest(${events.map((event) => event.organizationid)}::uuid[],
                ${events.map(({ source }) => source)}::text[],
                ${events.map(({ id }) => id)}::uuid[],
                ${
    events.map(({ type }) => type)
  }::text[]) as told (organization_id, source, id, type)
    order by source, id
    on conflict do nothing
    returning id`;
  return new Set(rows.map(({ id }) => id));
}

export type SubscriberCount = { subscriber: string; waiting: number; dead: number };

/** How much of the transaction's organization waits for each subscriber, and how much is dead. */
export async function countDeliveries(db: Db, organizationId: string): Promise<SubscriberCount[]> {
  return await db<SubscriberCount[]>`
    select subscriber, count(*) filter (where state = 'pending')::int as waiting,
           count(*) filter (where state = 'dead')::int as dead
    from outbox_deliveries
    where organization_id = ${organizationId} and state in ('pending', 'dead')
    group by subscriber order by subscriber`;
}

export type DeadDelivery = {
  id: string;
  subscriber: string;
  type: string;
  subject: string;
  createdAt: Date;
  attempts: number;
  reason: string | null;
};

/** Facts that were given up, newest first. */
export async function listDead(
  db: Db,
  organizationId: string,
  limit: number,
): Promise<DeadDelivery[]> {
  return await db<DeadDelivery[]>`
    select e.id, d.subscriber, e.event ->> 'type' as type, e.aggregate as subject, e.created_at,
           d.attempts, d.last_error as reason
    from outbox_deliveries d join outbox_events e on e.seq = d.seq
    where d.organization_id = ${organizationId} and d.state = 'dead'
    order by d.seq desc limit ${limit}`;
}

/** Tells a dead fact again, to everyone who has not heard it. Returns to whom. */
export async function redrive(db: Db, organizationId: string, id: string): Promise<string[]> {
  const rows = await db<{ subscriber: string }[]>`
    with again as (
      update outbox_deliveries d
      set state = 'pending', attempts = 0, refusals = 0, due_at = now(), leased_until = null
      from outbox_events e
      where e.id = ${id} and e.organization_id = ${organizationId} and d.seq = e.seq
        and d.state = 'dead'
      returning d.subscriber
    )
    select subscriber, pg_notify(${OUTBOX_CHANNEL}, subscriber) from again order by subscriber`;
  return rows.map(({ subscriber }) => subscriber);
}

/**
 * Tells dead facts again, oldest first and at most `limit`, to one subscriber or to all who have not
 * heard them. Returns how many deliveries are pending again.
 */
export async function redriveAll(
  db: Db,
  organizationId: string,
  { subscriber, limit }: { subscriber: string | undefined; limit: number },
): Promise<number> {
  const rows = await db`
    with dead as (
      select seq, subscriber from outbox_deliveries
      where organization_id = ${organizationId} and state = 'dead'
        and subscriber = coalesce(${subscriber ?? null}::text, subscriber)
      order by seq limit ${limit} for update skip locked
    ), again as (
      update outbox_deliveries d
      set state = 'pending', attempts = 0, refusals = 0, due_at = now(), leased_until = null
      from dead where d.seq = dead.seq and d.subscriber = dead.subscriber
      returning d.subscriber
    )
    select subscriber, pg_notify(${OUTBOX_CHANNEL}, subscriber) from again`;
  return rows.length;
}
