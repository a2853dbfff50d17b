/** Where definitions are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Document } from "../language/language.ts";
import type { Definition, DefinitionDetail, DefinitionState } from "./model.ts";

type Row = Omit<Definition, "createdAt" | "approvedAt"> & {
  createdAt: Date;
  approvedAt: Date | null;
};
type DetailRow = Row & { source: string; document: Document };

const columns = (db: Db) =>
  db`id, kind, key, version, state, title, sha256, note, event_type, created_by, created_at,
     submitted_by, approved_by, approved_at, approved_sha256`;

const toDefinition = <T extends Row>({ createdAt, approvedAt, ...row }: T) => ({
  ...row,
  createdAt: createdAt.toISOString(),
  approvedAt: approvedAt?.toISOString() ?? null,
});

export type NewDefinition = {
  id: string;
  organizationId: string;
  kind: Definition["kind"];
  key: string;
  title: string;
  document: Document;
  source: string;
  sha256: string;
  note: string | null;
  eventType: string | null;
  createdBy: string;
  at: Date;
};

/** The draft of its key: a new version, or the one that there is, written anew. */
export async function putDraft(db: Db, one: NewDefinition): Promise<Definition | undefined> {
  const [row] = await db<Row[]>`
    insert into definitions (id, organization_id, kind, key, version, title, document, source,
                             sha256, note, event_type, created_by, created_at)
    select ${one.id}, ${one.organizationId}, ${one.kind}, ${one.key},
           coalesce(max(version), 0) + 1, ${one.title}, ${db.json(one.document as never)},
           ${one.source}, ${one.sha256}, ${one.note}, ${one.eventType}, ${one.createdBy}, ${one.at}
    from definitions where organization_id = ${one.organizationId} and key = ${one.key}
    on conflict (organization_id, key) where state in ('draft', 'submitted') do update
    set title = excluded.title, document = excluded.document, source = excluded.source,
        sha256 = excluded.sha256, note = excluded.note, event_type = excluded.event_type,
        created_by = excluded.created_by
    where definitions.state = 'draft' and definitions.kind = excluded.kind
    returning ${columns(db)}`;
  return row && toDefinition(row);
}

export async function find(
  db: Db,
  organizationId: string,
  key: string,
  version: number,
  mode: "read" | "lock" = "read",
): Promise<DefinitionDetail | undefined> {
  const [row] = await db<DetailRow[]>`
    select ${columns(db)}, source, document from definitions
    where organization_id = ${organizationId} and key = ${key} and version = ${version}
    ${mode === "lock" ? db`for update` : db``}`;
  return row && toDefinition(row);
}

export async function findById(
  db: Db,
  organizationId: string,
  id: string,
): Promise<DefinitionDetail | undefined> {
  const [row] = await db<DetailRow[]>`
    select ${columns(db)}, source, document from definitions
    where organization_id = ${organizationId} and id = ${id}`;
  return row && toDefinition(row);
}

export async function findActive(
  db: Db,
  organizationId: string,
  key: string,
): Promise<DefinitionDetail | undefined> {
  const [row] = await db<DetailRow[]>`
    select ${columns(db)}, source, document from definitions
    where organization_id = ${organizationId} and key = ${key} and state = 'active'`;
  return row && toDefinition(row);
}

/** Those that an event of this type starts. */
export async function listByEvent(
  db: Db,
  organizationId: string,
  eventType: string,
): Promise<DefinitionDetail[]> {
  const rows = await db<DetailRow[]>`
    select ${columns(db)}, source, document from definitions
    where organization_id = ${organizationId} and event_type = ${eventType}
      and state in ('active', 'shadow')
    order by id`;
  return rows.map(toDefinition);
}

export type Filter = { state?: DefinitionState; kind?: Definition["kind"]; key?: string };

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { state, kind, key }: Filter,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<Definition[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from definitions
    where organization_id = ${organizationId}
      ${state === undefined ? db`` : db`and state = ${state}`}
      ${kind === undefined ? db`` : db`and kind = ${kind}`}
      ${key === undefined ? db`` : db`and key = ${key}`}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toDefinition);
}

export async function move(
  db: Db,
  organizationId: string,
  id: string,
  { state, submittedBy, approval, at }: {
    state: DefinitionState;
    submittedBy?: string | null;
    approval?: { by: string; sha256: string };
    at: Date;
  },
): Promise<Definition> {
  const [row] = await db<Row[]>`
    update definitions
    set state = ${state},
        submitted_by = ${submittedBy === undefined ? db`submitted_by` : submittedBy},
        approved_by = ${approval?.by ?? db`approved_by`},
        approved_sha256 = ${approval?.sha256 ?? db`approved_sha256`},
        approved_at = ${approval ? at : db`approved_at`}
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toDefinition(row!);
}

/** What was active until now is not any more; its runs go on. */
export async function retireActive(db: Db, organizationId: string, key: string): Promise<void> {
  await db`
    update definitions set state = 'retired'
    where organization_id = ${organizationId} and key = ${key} and state = 'active'`;
}

/** The newest version of each of `keys` that there is. */
export async function listNewest(
  db: Db,
  organizationId: string,
  keys: readonly string[],
): Promise<Definition[]> {
  const rows = await db<Row[]>`
    select distinct on (key) ${columns(db)} from definitions
    where organization_id = ${organizationId} and key = any (${keys as string[]}::text[])
    order by key, version desc`;
  return rows.map(toDefinition);
}
