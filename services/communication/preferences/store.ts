/** Where choices and consents are kept; consents are only ever added. */
import type { Db } from "@praxis/shared/postgres";
import type { Consent, Standing, Stored } from "./model.ts";

export async function list(db: Db, organizationId: string, recipientId: string): Promise<Stored[]> {
  return await db<Stored[]>`
    select category, channel, is_allowed from standing_choices(${organizationId}, ${recipientId})`;
}

export async function put(
  db: Db,
  organizationId: string,
  { recipientId, category, channel, isAllowed, source, at }: Stored & {
    recipientId: string;
    source: string;
    at: Date;
  },
): Promise<void> {
  await db`
    insert into preferences
      (organization_id, recipient_id, category, channel, is_allowed, source, at)
    values (${organizationId}, ${recipientId}, ${category}, ${channel}, ${isAllowed}, ${source},
            ${at})
    on conflict (organization_id, recipient_id, category, channel)
    do update set is_allowed = excluded.is_allowed, source = excluded.source, at = excluded.at`;
}

/** The newest decision for each channel and purpose. */
export async function listStanding(
  db: Db,
  organizationId: string,
  recipientId: string,
): Promise<Standing[]> {
  return await db<Standing[]>`
    select channel, purpose, decision from standing_consents(${organizationId}, ${recipientId})`;
}

type NewRow = {
  id: string;
  recipientId: string;
  channel: string;
  purpose: string;
  decision: string;
  source: string;
  wording: string | null;
  actorId: string | null;
  evidence: Record<string, string>;
  at: Date;
};

export async function insertConsent(db: Db, organizationId: string, row: NewRow): Promise<void> {
  await db`
    insert into consents (id, organization_id, recipient_id, channel, purpose, decision, source,
                          wording, actor_id, evidence, at)
    values (${row.id}, ${organizationId}, ${row.recipientId}, ${row.channel}, ${row.purpose},
            ${row.decision}, ${row.source}, ${row.wording}, ${row.actorId},
            ${db.json(row.evidence)}, ${row.at})`;
}

export async function listConsents(
  db: Db,
  organizationId: string,
  recipientId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Consent[]> {
  const rows = await db<(Omit<Consent, "at"> & { at: Date })[]>`
    select id, channel, purpose, decision, source, wording, at from consents
    where organization_id = ${organizationId}
      and recipient_id = any ((select family_ids(${organizationId}, ${recipientId}))::uuid[])
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}
