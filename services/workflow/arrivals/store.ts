/** Where facts are kept that may start or wake runs. */
import type { Db } from "@praxis/shared/postgres";
import type { Json } from "../language/language.ts";

export type KeptEvent = {
  organizationId: string;
  source: string;
  id: string;
  type: string;
  subject: string;
  data: Json;
  time: Date;
  requestId: string | null;
  depth: number;
};

/** Kept once, however often it is told. */
export async function insert(db: Db, event: KeptEvent): Promise<boolean> {
  const { count } = await db`
    insert into run_events (organization_id, source, id, type, subject, data, time, request_id,
                            depth)
    values (${event.organizationId}, ${event.source}, ${event.id}, ${event.type}, ${event.subject},
            ${db.json(event.data as never)}, ${event.time}, ${event.requestId}, ${event.depth})
    on conflict do nothing`;
  return count === 1;
}

const columns = (db: Db) =>
  db`organization_id, source, id, type, subject, data, time, request_id, depth`;

/** New ones, oldest first, for a worker that has to be done with them before its lease ends. */
export async function claim(db: Db, limit: number, leaseSeconds: number): Promise<KeptEvent[]> {
  return await db<KeptEvent[]>`
    update run_events e set leased_until = now() + make_interval(secs => ${leaseSeconds})
    from (
      select organization_id, source, id from run_events
      where is_new and (leased_until is null or leased_until < now())
      order by received_at limit ${limit} for update skip locked
    ) due
    where (e.organization_id, e.source, e.id) = (due.organization_id, due.source, due.id)
    returning e.organization_id, e.source, e.id, e.type, e.subject, e.data, e.time, e.request_id,
              e.depth`;
}

export async function finish(
  db: Db,
  { organizationId, source, id }: Pick<KeptEvent, "organizationId" | "source" | "id">,
): Promise<void> {
  await db`
    update run_events set is_new = false, leased_until = null
    where organization_id = ${organizationId} and source = ${source} and id = ${id}`;
}

/** Of these types, told since then, oldest first. */
export async function listSince(
  db: Db,
  organizationId: string,
  { types, subject, since, limit }: {
    types: readonly string[];
    subject: string | null;
    since: Date;
    limit: number;
  },
): Promise<KeptEvent[]> {
  return await db<KeptEvent[]>`
    select ${columns(db)} from run_events
    where organization_id = ${organizationId} and type = any (${types as string[]})
      and time >= ${since} ${subject === null ? db`` : db`and subject = ${subject}`}
    order by time, id limit ${limit}`;
}

export type Listening = { id: string; runId: string; data: { filters?: Json[] } };

/** The steps that may be waiting for it. */
export async function listListening(
  db: Db,
  organizationId: string,
  { type, subject }: Pick<KeptEvent, "type" | "subject">,
): Promise<Listening[]> {
  return await db<Listening[]>`
    select id, run_id, data from run_steps
    where organization_id = ${organizationId} and state = 'waiting' and kind = 'listen'
      and (event_subject is null or event_subject = ${subject}) and ${type} = any (event_types)
    order by id`;
}

export async function removeOld(db: Db, before: Date): Promise<void> {
  await db`delete from run_events where received_at < ${before} and not is_new`;
}
