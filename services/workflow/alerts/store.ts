/** Where alerts and their policy are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Indicator } from "../decisions/model.ts";
import type { Alert, Policy } from "./model.ts";
import type { History } from "./policy.ts";

type Row = Omit<Alert, "actedAt" | "createdAt"> & { actedAt: Date | null; createdAt: Date };

const columns = (db: Db) =>
  db`id, key, version, indicator, summary, patient_id, encounter_id, hook, disposition, is_demoted,
     output, inputs, override_reasons, suggestions, outcome, reason_code, comment, acted_by,
     acted_at, created_at`;
const toAlert = ({ actedAt, createdAt, ...row }: Row): Alert => ({
  ...row,
  actedAt: actedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
});

export type NewAlert =
  & Omit<Alert, "outcome" | "reasonCode" | "comment" | "actedBy" | "actedAt" | "createdAt">
  & {
    ruleId: string;
    userRef: string | null;
    clientId: string | null;
    factHash: string;
    worse: number | null;
  };

export async function insert(
  db: Db,
  organizationId: string,
  at: Date,
  alerts: readonly NewAlert[],
): Promise<void> {
  if (alerts.length === 0) return;
  const rows = alerts.map(({ output, inputs, overrideReasons, suggestions, ...one }) => ({
    id: one.id,
    rule_id: one.ruleId,
    key: one.key,
    version: one.version,
    indicator: one.indicator,
    summary: one.summary,
    patient_id: one.patientId,
    encounter_id: one.encounterId,
    user_ref: one.userRef,
    client_id: one.clientId,
    hook: one.hook,
    disposition: one.disposition,
    is_demoted: one.isDemoted,
    fact_hash: one.factHash,
    worse: one.worse,
    output,
    inputs,
    override_reasons: overrideReasons,
    suggestions,
  }));
  await db`
    insert into alerts (id, organization_id, rule_id, key, version, indicator, summary,
      patient_id, encounter_id, user_ref, client_id, hook, disposition, is_demoted, fact_hash,
      worse, output, inputs, override_reasons, suggestions, created_at)
    select id, ${organizationId}, rule_id, key, version, indicator, summary, patient_id,
      encounter_id, user_ref, client_id, hook, disposition, is_demoted, fact_hash, worse, output,
      inputs, override_reasons, suggestions, ${at}
    from jsonb_to_recordset(${db.json(rows as never)}) as one (
      id uuid, rule_id uuid, key text, version int, indicator text, summary text, patient_id text,
      encounter_id text, user_ref text, client_id uuid, hook text, disposition text,
      is_demoted boolean, fact_hash text, worse double precision, output jsonb, inputs jsonb,
      override_reasons jsonb, suggestions jsonb)`;
}

type Place = { patientId: string | null; encounterId: string | null };

/** What the policy has to know of the rules called `keys` before they speak. */
export async function findHistory(
  db: Db,
  organizationId: string,
  { patientId, encounterId }: Place,
  { keys, since, answersSince }: { keys: readonly string[]; since: Date; answersSince: Date },
): Promise<History> {
  const names = keys as string[];
  const [shown, counted, answers] = await Promise.all([
    patientId === null ? [] : db<
      { key: string; indicator: Indicator; factHash: string; worse: number | null }[]
    >`
      select key, indicator, fact_hash, worse from alerts
      where organization_id = ${organizationId} and patient_id = ${patientId}
        and key = any(${names}) and disposition = 'shown' and created_at >= ${since}
      order by id desc limit 1000`,
    encounterId === null ? [] : db<{ count: number }[]>`
      select count(*)::int as count from alerts
      where organization_id = ${organizationId} and patient_id is not distinct from ${patientId}
        and encounter_id = ${encounterId} and disposition = 'shown'`,
    db<{ key: string; accepted: number; overridden: number }[]>`
      select key, count(*) filter (where outcome = 'accepted')::int as accepted,
        count(*) filter (where outcome = 'overridden')::int as overridden
      from alerts
      where organization_id = ${organizationId} and key = any(${names})
        and created_at >= ${answersSince} and outcome is not null
      group by key`,
  ]);
  return {
    shown,
    inEncounter: counted[0]?.count ?? 0,
    answers: Object.fromEntries(answers.map(({ key, ...counts }) => [key, counts])),
  };
}

export type Filter = { patientId?: string; key?: string; disposition?: string; isOpen?: boolean };

export async function list(
  db: Db,
  organizationId: string,
  { patientId, key, disposition, isOpen }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Alert[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from alerts
    where organization_id = ${organizationId}
      ${patientId === undefined ? db`` : db`and patient_id = ${patientId}`}
      ${key === undefined ? db`` : db`and key = ${key}`}
      ${disposition === undefined ? db`` : db`and disposition = ${disposition}`}
      ${isOpen === undefined ? db`` : db`and (outcome is null) = ${isOpen}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toAlert);
}

/** Of a client, when one asks: it answers only for what it was told. */
export async function lock(
  db: Db,
  organizationId: string,
  id: string,
  clientId?: string,
): Promise<Alert | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from alerts
    where organization_id = ${organizationId} and id = ${id}
      ${clientId === undefined ? db`` : db`and client_id = ${clientId}`}
    for update`;
  return row && toAlert(row);
}

export type Answer = {
  outcome: "accepted" | "overridden";
  reasonCode: string | null;
  comment: string | null;
  actedBy: string;
  actedAt: Date;
};

export async function answer(
  db: Db,
  organizationId: string,
  id: string,
  one: Answer,
): Promise<Alert> {
  const [row] = await db<Row[]>`
    update alerts
    set outcome = ${one.outcome}, reason_code = ${one.reasonCode}, comment = ${one.comment},
        acted_by = ${one.actedBy}, acted_at = ${one.actedAt}
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toAlert(row!);
}

export async function findPolicy(db: Db, organizationId: string): Promise<Policy | undefined> {
  const [row] = await db<Policy[]>`
    select dedupe_hours, encounter_cap, demote_share, demote_after from alert_policies
    where organization_id = ${organizationId}`;
  return row;
}

export async function putPolicy(
  db: Db,
  organizationId: string,
  { dedupeHours, encounterCap, demoteShare, demoteAfter }: Policy,
  { userId, at }: { userId: string; at: Date },
): Promise<void> {
  await db`
    insert into alert_policies (organization_id, dedupe_hours, encounter_cap, demote_share,
                                demote_after, changed_by, changed_at)
    values (${organizationId}, ${dedupeHours}, ${encounterCap}, ${demoteShare}, ${demoteAfter},
            ${userId}, ${at})
    on conflict (organization_id) do update
    set dedupe_hours = excluded.dedupe_hours, encounter_cap = excluded.encounter_cap,
        demote_share = excluded.demote_share, demote_after = excluded.demote_after,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at`;
}
