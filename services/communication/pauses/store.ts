/** Where it is kept what came back, what was complained about, and which accounts rest for it. */
import type { Db } from "@praxis/shared/postgres";
import type { IncidentKind, Pause } from "./model.ts";

type Sender = { organizationId: string; accountId: string };

/** Counting and pausing exclude each other for one account, until the transaction ends. */
export async function lock(db: Db, { organizationId, accountId }: Sender): Promise<void> {
  await db`
    select pg_advisory_xact_lock(hashtextextended(${`pause ${organizationId} ${accountId}`}, 0))`;
}

/** True the first time that this is heard of a delivery that the account has tried. */
export async function insertIncident(
  db: Db,
  { organizationId, accountId, deliveryId, kind }: Sender & {
    deliveryId: string;
    kind: IncidentKind;
  },
): Promise<boolean> {
  const { count } = await db`
    insert into sender_incidents (delivery_id, kind, organization_id, account_id, sent_at)
    select delivery_id, ${kind}, organization_id, account_id, started_at from delivery_attempts
    where delivery_id = ${deliveryId} and account_id = ${accountId}
      and organization_id = ${organizationId}
    order by n desc limit 1
    on conflict do nothing`;
  return count === 1;
}

/** When the account was last let go on by somebody. */
export async function findLastResumed(
  db: Db,
  { organizationId, accountId }: Sender,
): Promise<Date | undefined> {
  const [row] = await db<{ at: Date | null }[]>`
    select max(resumed_at) as at from sender_pauses
    where organization_id = ${organizationId} and account_id = ${accountId}`;
  return row?.at ?? undefined;
}

export async function countIncidents(
  db: Db,
  { organizationId, accountId, kind, since }: Sender & { kind: IncidentKind; since: Date },
): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from sender_incidents
    where organization_id = ${organizationId} and account_id = ${accountId}
      and kind = ${kind} and sent_at > ${since}`;
  return row!.count;
}

/** Letters that the account took or refused, `max` at most: more need not be counted. */
export async function countSent(
  db: Db,
  { organizationId, accountId, since, max }: Sender & { since: Date; max: number },
): Promise<number> {
  const [row] = await db<{ count: number }[]>`
    select count(*)::int as count from (
      select from delivery_attempts
      where organization_id = ${organizationId} and account_id = ${accountId}
        and started_at > ${since}
        and (outcome in ('accepted', 'permanent') or settled = 'accepted')
      limit ${max}
    ) as sent`;
  return row!.count;
}

/** False when it is paused already. */
export async function insert(
  db: Db,
  pause: Sender & { id: string; kind: IncidentKind; incidents: number; sent: number; at: Date },
): Promise<boolean> {
  const { count } = await db`
    insert into sender_pauses
      (id, organization_id, account_id, kind, incidents, sent, paused_at)
    values (${pause.id}, ${pause.organizationId}, ${pause.accountId}, ${pause.kind},
            ${pause.incidents}, ${pause.sent}, ${pause.at})
    on conflict do nothing`;
  return count === 1;
}

export async function listOpen(db: Db, organizationId: string): Promise<Map<string, Pause>> {
  const rows = await db<(Omit<Pause, "pausedAt"> & { accountId: string; pausedAt: Date })[]>`
    select account_id, kind, incidents, sent, paused_at from sender_pauses
    where organization_id = ${organizationId} and resumed_at is null`;
  return new Map(
    rows.map(({ accountId, pausedAt, ...pause }) => [
      accountId,
      { ...pause, pausedAt: pausedAt.toISOString() },
    ]),
  );
}

/** False when it was not paused. */
export async function end(
  db: Db,
  { organizationId, accountId, userId, at }: Sender & { userId: string; at: Date },
): Promise<boolean> {
  const { count } = await db`
    update sender_pauses set resumed_at = ${at}, resumed_by = ${userId}
    where organization_id = ${organizationId} and account_id = ${accountId}
      and resumed_at is null`;
  return count === 1;
}

export type Unannounced = Sender & { id: string; kind: IncidentKind; name: string | null };

/** Of every organization. */
export async function listUnannounced(db: Db, limit: number): Promise<Unannounced[]> {
  return await db<Unannounced[]>`
    select p.id, p.organization_id, p.account_id, p.kind, a.name from sender_pauses p
    left join provider_accounts a
      on a.organization_id = p.organization_id and a.id = p.account_id
    where p.announced_at is null order by p.paused_at limit ${limit}`;
}

/** False when somebody else has said it. */
export async function markAnnounced(
  db: Db,
  { organizationId, id, at }: { organizationId: string; id: string; at: Date },
): Promise<boolean> {
  const { count } = await db`
    update sender_pauses set announced_at = ${at}
    where organization_id = ${organizationId} and id = ${id} and announced_at is null`;
  return count === 1;
}
