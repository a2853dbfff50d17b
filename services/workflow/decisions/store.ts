/** Where rules are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Performance, Rule, RuleDetail, RuleDocument, RuleState } from "./model.ts";

type Row = Omit<Rule, "createdAt" | "approvedAt" | "quarantinedAt"> & {
  createdAt: Date;
  approvedAt: Date | null;
  quarantinedAt: Date | null;
};
type DetailRow = Row & { document: RuleDocument };

const columns = (db: Db) =>
  db`id, key, version, state, title, sha256, hooks, review_on::text, created_by, created_at,
     submitted_by, approved_by, approved_at, approved_sha256, quarantined_at`;

const toRule = <T extends Row>({ createdAt, approvedAt, quarantinedAt, ...row }: T) => ({
  ...row,
  createdAt: createdAt.toISOString(),
  approvedAt: approvedAt?.toISOString() ?? null,
  quarantinedAt: quarantinedAt?.toISOString() ?? null,
});

export type NewRule = {
  id: string;
  organizationId: string;
  document: RuleDocument;
  sha256: string;
  createdBy: string;
  at: Date;
};

/** The draft of its key: a new version, or the one that there is, written anew. */
export async function putDraft(db: Db, one: NewRule): Promise<Rule | undefined> {
  const { key, title, hooks, reviewOn = null } = one.document;
  const [row] = await db<Row[]>`
    insert into decision_rules (id, organization_id, key, version, title, document, sha256, hooks,
                                review_on, created_by, created_at)
    select ${one.id}, ${one.organizationId}, ${key}, coalesce(max(version), 0) + 1, ${title},
           ${db.json(one.document as never)}, ${one.sha256}, ${hooks}::text[], ${reviewOn}::date,
           ${one.createdBy}, ${one.at}
    from decision_rules where organization_id = ${one.organizationId} and key = ${key}
    on conflict (organization_id, key) where state in ('draft', 'submitted') do update
    set title = excluded.title, document = excluded.document, sha256 = excluded.sha256,
        hooks = excluded.hooks, review_on = excluded.review_on, created_by = excluded.created_by
    where decision_rules.state = 'draft'
    returning ${columns(db)}`;
  return row && toRule(row);
}

export async function find(
  db: Db,
  organizationId: string,
  key: string,
  version: number,
  mode: "read" | "lock" = "read",
): Promise<RuleDetail | undefined> {
  const [row] = await db<DetailRow[]>`
    select ${columns(db)}, document from decision_rules
    where organization_id = ${organizationId} and key = ${key} and version = ${version}
    ${mode === "lock" ? db`for update` : db``}`;
  return row && toRule(row);
}

export async function findActive(
  db: Db,
  organizationId: string,
  key: string,
): Promise<RuleDetail | undefined> {
  const [row] = await db<DetailRow[]>`
    select ${columns(db)}, document from decision_rules
    where organization_id = ${organizationId} and key = ${key} and state = 'active'`;
  return row && toRule(row);
}

export type Listening = Pick<Rule, "id" | "key" | "version" | "state" | "sha256">;

/** Those that a hook asks, without their documents: these never change and can be kept. */
export async function listListening(
  db: Db,
  organizationId: string,
  hook: string,
): Promise<Listening[]> {
  return await db<Listening[]>`
    select id, key, version, state, sha256 from decision_rules
    where organization_id = ${organizationId} and hooks @> array[${hook}]::text[]
      and state in ('active', 'shadow') and quarantined_at is null
    order by key, version`;
}

export async function listDocuments(
  db: Db,
  organizationId: string,
  ids: readonly string[],
): Promise<Pick<RuleDetail, "id" | "document" | "sha256" | "approvedSha256">[]> {
  return await db<Pick<RuleDetail, "id" | "document" | "sha256" | "approvedSha256">[]>`
    select id, document, sha256, approved_sha256 from decision_rules
    where organization_id = ${organizationId} and id = any(${ids as string[]}::uuid[])`;
}

export type Filter = { state?: RuleState; key?: string };

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { state, key }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Rule[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from decision_rules
    where organization_id = ${organizationId}
      ${state === undefined ? db`` : db`and state = ${state}`}
      ${key === undefined ? db`` : db`and key = ${key}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toRule);
}

export async function move(
  db: Db,
  organizationId: string,
  id: string,
  { state, submittedBy, approval, at }: {
    state: RuleState;
    submittedBy?: string | null;
    approval?: { by: string; sha256: string };
    at: Date;
  },
): Promise<Rule> {
  const [row] = await db<Row[]>`
    update decision_rules
    set state = ${state}, timeouts = 0, quarantined_at = null,
        submitted_by = ${submittedBy === undefined ? db`submitted_by` : submittedBy},
        approved_by = ${approval?.by ?? db`approved_by`},
        approved_sha256 = ${approval?.sha256 ?? db`approved_sha256`},
        approved_at = ${approval ? at : db`approved_at`}
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toRule(row!);
}

/** What was active until now is not any more. */
export async function retireActive(db: Db, organizationId: string, key: string): Promise<void> {
  await db`
    update decision_rules set state = 'retired'
    where organization_id = ${organizationId} and key = ${key} and state = 'active'`;
}

/** Counts one more time that each took too long. @returns those that are not asked from now on */
export async function countTimeouts(
  db: Db,
  organizationId: string,
  ids: readonly string[],
  { limit, at }: { limit: number; at: Date },
): Promise<string[]> {
  const rows = await db<{ id: string; isNew: boolean }[]>`
    update decision_rules
    set timeouts = timeouts + 1,
        quarantined_at = case when timeouts + 1 >= ${limit} then coalesce(quarantined_at, ${at}) end
    where organization_id = ${organizationId} and id = any(${ids as string[]}::uuid[])
    returning id, timeouts = ${limit} as is_new`;
  return rows.filter(({ isNew }) => isNew).map(({ id }) => id);
}

/** One time that rules were asked; in the app, `hook` is `app` and there are no facts. */
export type Call = {
  id: string;
  clientId: string | null;
  hook: string;
  patientId: string | null;
  encounterId: string | null;
  facts: unknown;
  results: Record<string, string>;
  at: Date;
};

export async function insertCall(db: Db, organizationId: string, call: Call): Promise<void> {
  await db`
    insert into hook_calls (id, organization_id, client_id, hook, patient_id, encounter_id, facts,
                            results, at)
    values (${call.id}, ${organizationId}, ${call.clientId}, ${call.hook}, ${call.patientId},
            ${call.encounterId}, ${db.json(call.facts as never)}, ${db.json(call.results)},
            ${call.at})`;
}

/** What was known at calls of `hooks`, newest first. */
export async function listFacts(
  db: Db,
  organizationId: string,
  { hooks, from, to, limit }: { hooks: readonly string[]; from: Date; to: Date; limit: number },
): Promise<{ patientId: string | null; facts: unknown; at: Date }[]> {
  return await db<{ patientId: string | null; facts: unknown; at: Date }[]>`
    select patient_id, facts, at from hook_calls
    where organization_id = ${organizationId} and hook = any(${hooks as string[]})
      and at >= ${from} and at < ${to}
    order by at desc limit ${limit}`;
}

/** Of all versions of a key, or of one. */
export async function measure(
  db: Db,
  organizationId: string,
  key: string,
  { from, version }: { from: Date; version: number | undefined },
): Promise<Omit<Performance, "key">> {
  const own = version === undefined ? db`` : db`and version = ${version}`;
  const [asked] = await db<Pick<Performance, "asked" | "fired" | "indeterminate" | "timedOut">[]>`
    select count(*)::int as asked,
      count(*) filter (where result.value = 'f')::int as fired,
      count(*) filter (where result.value = 'i')::int as indeterminate,
      count(*) filter (where result.value = 't')::int as timed_out
    from hook_calls c cross join lateral jsonb_each_text(c.results) result
    where c.organization_id = ${organizationId} and c.at >= ${from}
      and result.key in (
        select id::text from decision_rules
        where organization_id = ${organizationId} and key = ${key} ${own})`;
  type Told = Omit<
    Performance,
    "key" | "asked" | "fired" | "indeterminate" | "timedOut" | "reasons"
  >;
  const [told] = await db<Told[]>`
    select count(*) filter (where disposition = 'shown')::int as shown,
      count(*) filter (where disposition = 'duplicate')::int as duplicates,
      count(*) filter (where disposition = 'capped')::int as capped,
      count(*) filter (where disposition = 'shadow')::int as shadow,
      count(*) filter (where is_demoted and disposition = 'shown')::int as demoted,
      count(*) filter (where outcome = 'accepted')::int as accepted,
      count(*) filter (where outcome = 'overridden')::int as overridden
    from alerts
    where organization_id = ${organizationId} and key = ${key} and created_at >= ${from} ${own}`;
  const reasons = await db<{ code: string; count: number }[]>`
    select coalesce(reason_code, '') as code, count(*)::int as count from alerts
    where organization_id = ${organizationId} and key = ${key} and created_at >= ${from}
      and outcome = 'overridden' ${own}
    group by 1 order by 2 desc, 1 limit 50`;
  return { ...asked!, ...told!, reasons: [...reasons] };
}
