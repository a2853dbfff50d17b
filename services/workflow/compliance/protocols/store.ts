/** Where protocols and their constraints are kept. */
import type { Db } from "@praxis/shared/postgres";
import { hashOf } from "../../language/language.ts";
import {
  type Constraint,
  type ConstraintInput,
  contentOf,
  type Protocol,
  type ProtocolDetail,
  type ProtocolInput,
  type ProtocolState,
} from "../model.ts";

type Iso<T, K extends keyof T> = Omit<T, K> & { [P in K]: null extends T[P] ? Date | null : Date };
const iso = (at: Date | null) => at?.toISOString() ?? null;

type ProtocolRow = Iso<Protocol, "effectiveFrom" | "effectiveUntil" | "createdAt" | "approvedAt">;

const protocolColumns = (db: Db) =>
  db`id, key, version, state, title, definition_key as definition, effective_from,
     effective_until, source, note, created_by, created_at, submitted_by, approved_by,
     approved_at, approved_sha256`;
const toProtocol = (row: ProtocolRow): Protocol => ({
  ...row,
  effectiveFrom: iso(row.effectiveFrom),
  effectiveUntil: iso(row.effectiveUntil),
  createdAt: row.createdAt.toISOString(),
  approvedAt: iso(row.approvedAt),
});

/** The draft of its key: a new version, or the one that there is, written anew. */
export async function putDraft(
  db: Db,
  organizationId: string,
  { id, createdBy, at, ...given }:
    & Omit<ProtocolInput, "constraints">
    & { id: string; createdBy: string; at: Date },
): Promise<Protocol | undefined> {
  const [row] = await db<ProtocolRow[]>`
    insert into protocols (id, organization_id, key, version, title, definition_key,
                           effective_from, effective_until, source, note, created_by, created_at)
    select ${id}, ${organizationId}, ${given.key}, coalesce(max(version), 0) + 1, ${given.title},
           ${given.definition}, ${given.effectiveFrom ?? null}, ${given.effectiveUntil ?? null},
           ${given.source ?? null}, ${given.note ?? null}, ${createdBy}, ${at}
    from protocols where organization_id = ${organizationId} and key = ${given.key}
    on conflict (organization_id, key) where state in ('draft', 'submitted') do update
    set title = excluded.title, definition_key = excluded.definition_key,
        effective_from = excluded.effective_from, effective_until = excluded.effective_until,
        source = excluded.source, note = excluded.note, created_by = excluded.created_by
    where protocols.state = 'draft'
    returning ${protocolColumns(db)}`;
  return row && toProtocol(row);
}

/** Instead of those that there were. */
export async function putConstraints(
  db: Db,
  organizationId: string,
  protocolId: string,
  constraints: readonly (ConstraintInput & { id: string })[],
): Promise<void> {
  await db`
    delete from protocol_constraints
    where organization_id = ${organizationId} and protocol_id = ${protocolId}`;
  const rows = constraints.map((one, position) => ({ ...one, position }));
  await db`
    insert into protocol_constraints (id, organization_id, protocol_id, position, name, template,
      activity, target, count, within_ms, calendar, grace_ms, activation_conditions,
      target_conditions, correlate, exclusion, severity, rationale)
    select id, ${organizationId}, ${protocolId}, position, name, template, activity, target, count,
           "withinMinutes" * 60000, calendar, "graceMinutes" * 60000, "when", "if", correlate,
           unless, severity, rationale
    from jsonb_to_recordset(${db.json(rows as never)}) as given (
      id uuid, position int, name text, template text, activity text, target text, count int,
      "withinMinutes" bigint, calendar text, "graceMinutes" bigint, "when" jsonb, "if" jsonb,
      correlate text[], unless text, severity text, rationale text)`;
}

const listConstraints = async (db: Db, organizationId: string, protocolIds: readonly string[]) =>
  await db<(Constraint & { protocolId: string })[]>`
    select id, protocol_id, name, template, activity, target, count,
           (within_ms / 60000)::int as within_minutes, calendar,
           (grace_ms / 60000)::int as grace_minutes, activation_conditions as "when",
           target_conditions as "if", correlate, exclusion as unless, severity, rationale
    from protocol_constraints
    where organization_id = ${organizationId} and protocol_id = any (${protocolIds as string[]})
    order by protocol_id, position`;

async function withConstraints(
  db: Db,
  organizationId: string,
  rows: readonly ProtocolRow[],
): Promise<ProtocolDetail[]> {
  const constraints = await listConstraints(db, organizationId, rows.map(({ id }) => id));
  return await Promise.all(rows.map(async (row) => {
    const own = constraints.filter(({ protocolId }) => protocolId === row.id)
      .map(({ protocolId: _, ...one }) => one);
    const said = { ...toProtocol(row), constraints: own };
    return { ...said, sha256: await hashOf(contentOf(said)) };
  }));
}

/** Of these, the calendars that the clinic has not kept. */
export async function listUnkept(
  db: Db,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    select name from unnest(${names as string[]}::text[]) as named (name)
    where not exists (
      select 1 from calendars c
      where c.organization_id = ${organizationId} and c.name = named.name)`;
  return rows.map(({ name }) => name);
}

export async function findProtocol(
  db: Db,
  organizationId: string,
  key: string,
  version: number,
  mode: "read" | "lock" = "read",
): Promise<ProtocolDetail | undefined> {
  const rows = await db<ProtocolRow[]>`
    select ${protocolColumns(db)} from protocols
    where organization_id = ${organizationId} and key = ${key} and version = ${version}
    ${mode === "lock" ? db`for update` : db``}`;
  return (await withConstraints(db, organizationId, rows))[0];
}

export type ProtocolFilter = { state?: ProtocolState; key?: string; definition?: string };

/** Newest first; `before` is the last id of the page before. */
export async function listProtocols(
  db: Db,
  organizationId: string,
  { state, key, definition }: ProtocolFilter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Protocol[]> {
  const rows = await db<ProtocolRow[]>`
    select ${protocolColumns(db)} from protocols
    where organization_id = ${organizationId}
      ${state === undefined ? db`` : db`and state = ${state}`}
      ${key === undefined ? db`` : db`and key = ${key}`}
      ${definition === undefined ? db`` : db`and definition_key = ${definition}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toProtocol);
}

/**
 * Those that a run of this definition is held against. One that is not what was approved counts for
 * nothing; approvals of before they named their content are of what cannot have changed since.
 */
export async function listActive(
  db: Db,
  organizationId: string,
  definition: string,
): Promise<ProtocolDetail[]> {
  const rows = await db<ProtocolRow[]>`
    select ${protocolColumns(db)} from protocols
    where organization_id = ${organizationId} and definition_key = ${definition}
      and state = 'active'
    order by id`;
  const found = await withConstraints(db, organizationId, rows);
  return found.filter(({ sha256, approvedSha256 }) => (approvedSha256 ?? sha256) === sha256);
}

export async function moveProtocol(
  db: Db,
  organizationId: string,
  id: string,
  { state, submittedBy, approval, at }: {
    state: ProtocolState;
    submittedBy?: string | null;
    approval?: { by: string; sha256: string };
    at: Date;
  },
): Promise<Protocol> {
  const [row] = await db<ProtocolRow[]>`
    update protocols
    set state = ${state},
        submitted_by = ${submittedBy === undefined ? db`submitted_by` : submittedBy},
        approved_by = ${approval?.by ?? db`approved_by`},
        approved_sha256 = ${approval?.sha256 ?? db`approved_sha256`},
        approved_at = ${approval ? at : db`approved_at`}
    where organization_id = ${organizationId} and id = ${id}
    returning ${protocolColumns(db)}`;
  return toProtocol(row!);
}

/** The ids of those that were in force until now: one, or none. */
export async function retireActive(
  db: Db,
  organizationId: string,
  key: string,
): Promise<string[]> {
  const rows = await db<{ id: string }[]>`
    update protocols set state = 'retired'
    where organization_id = ${organizationId} and key = ${key} and state = 'active'
    returning id`;
  return rows.map(({ id }) => id);
}
