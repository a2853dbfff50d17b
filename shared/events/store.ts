/** Where facts wait to be told, and where those that came in are remembered. */
import type { Db } from "../postgres/connect.ts";
import type { EventEnvelope } from "./event.ts";

export const OUTBOX_CHANNEL = "outbox";

export async function insert(
  db: Db,
  event: EventEnvelope,
  subscribers: readonly string[],
): Promise<void> {
  const aggregate = event.subject;
  await db`
    with event as (
      insert into outbox_events (id, organization_id, aggregate, event)
      values (${event.id}, ${event.organizationid}, ${aggregate}, ${db.json(event as never)})
      returning seq
    ), deliveries as (
      insert into outbox_deliveries (seq, subscriber, organization_id, aggregate)
      select event.seq, subscriber, ${event.organizationid}, ${aggregate}
      from event, unnest(${subscribers as string[]}::text[]) as subscriber
    )
    select pg_notify(${OUTBOX_CHANNEL}, '')`;
}

export type Delivery = {
  seq: string;
  subscriber: string;
  attempts: number;
  event: EventEnvelope;
};

/**
 * Leases up to `limit` deliveries that are due, each the oldest undelivered of its aggregate. A
 * lease that has run out is free for anyone: that is how a dead relay's work goes on.
 */
export async function lease(db: Db, limit: number, seconds: number): Promise<Delivery[]> {
  return await db<Delivery[]>`
    with due as (
      select d.subscriber, d.seq from outbox_deliveries d
      where d.state = 'pending' and d.due_at <= now()
        and (d.leased_until is null or d.leased_until < now())
        and not exists (
          select 1 from outbox_deliveries older
          where older.subscriber = d.subscriber and older.aggregate = d.aggregate
            and older.state = 'pending' and older.seq < d.seq)
      order by d.seq limit ${limit}
      for update skip locked
    )
    update outbox_deliveries d
    set leased_until = now() + make_interval(secs => ${seconds})
    from due, outbox_events e
    where d.subscriber = due.subscriber and d.seq = due.seq and e.seq = d.seq
    returning d.seq, d.subscriber, d.attempts, e.event`;
}

type Key = Pick<Delivery, "seq" | "subscriber">;

export async function markDelivered(db: Db, { seq, subscriber }: Key): Promise<void> {
  await db`
    update outbox_deliveries
    set state = 'delivered', attempts = attempts + 1, leased_until = null, last_error = null
    where seq = ${seq} and subscriber = ${subscriber} and state = 'pending'`;
}

/** `retryInSeconds` undefined: given up, for an operator to look at. */
export async function markFailed(
  db: Db,
  { seq, subscriber }: Key,
  reason: string,
  retryInSeconds: number | undefined,
): Promise<void> {
  await db`
    update outbox_deliveries
    set state = ${retryInSeconds === undefined ? "dead" : "pending"},
        attempts = attempts + 1, leased_until = null, last_error = ${reason},
        due_at = now() + make_interval(secs => ${retryInSeconds ?? 0})
    where seq = ${seq} and subscriber = ${subscriber} and state = 'pending'`;
}

/** True the first time an event is seen. */
export async function markReceived(db: Db, event: EventEnvelope): Promise<boolean> {
  const { count } = await db`
    insert into inbox_events (organization_id, source, id, type)
    values (${event.organizationid}, ${event.source}, ${event.id}, ${event.type})
    on conflict do nothing`;
  return count === 1;
}
