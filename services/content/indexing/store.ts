/** Where the words of documents are kept. A document in quarantine is found in no chart. */
import type { Db } from "@praxis/shared/postgres";

export type Key = { organizationId: string; documentId: string; version: number };

/** Locks the document, so that two versions are never indexed at once. Undefined: not current. */
export async function lockCurrent(
  db: Db,
  { organizationId, documentId, version }: Key,
): Promise<{ title: string; fileName: string } | undefined> {
  const [row] = await db<{ title: string; fileName: string }[]>`
    select d.title, v.file_name
    from documents d join document_versions v on v.document_id = d.id and v.version = d.version
    where d.id = ${documentId} and d.organization_id = ${organizationId} and d.version = ${version}
    for no key update of d`;
  return row;
}

/** The words of title and file name weigh more than those of the text. */
export async function replace(
  db: Db,
  { organizationId, documentId, version }: Key,
  { title, fileName, texts }: { title: string; fileName: string; texts: string[] },
): Promise<void> {
  await db`
    delete from document_search
    where organization_id = ${organizationId} and document_id = ${documentId}`;
  await db`
    insert into document_search
      (organization_id, document_id, part, patient_id, kind, category, created_at, tsv)
    select d.organization_id, d.id, t.part - 1,
           case when d.quarantine_reasons is null and not d.awaits_check then d.patient_id end,
           v.kind, d.category, d.created_at,
           case when t.part = 1
             then setweight(${title}::tsvector, 'A') || setweight(${fileName}::tsvector, 'B')
             else ''::tsvector end || t.vector::tsvector
    from documents d
    join document_versions v on v.document_id = d.id and v.version = d.version
    cross join unnest(${texts}::text[]) with ordinality as t(vector, part)
    where d.id = ${documentId} and d.organization_id = ${organizationId}
      and d.version = ${version}`;
}

export type NewNames = { documentId: string; kind: string; createdAt: Date; name: string };

/**
 * Of new documents without patient or category; title and file name are the same. Nothing is looked
 * up: a plan that asked for the organization's documents would cost more with each that it has.
 */
export async function insertNames(
  db: Db,
  organizationId: string,
  names: NewNames[],
): Promise<void> {
  await db`
    insert into document_search (organization_id, document_id, part, kind, created_at, tsv)
    select ${organizationId}::uuid, n."documentId", 0, n.kind, n."createdAt",
           setweight(n.name::tsvector, 'A')
    from jsonb_to_recordset(${db.json(names as never)}::jsonb) as n(
      "documentId" uuid, kind text, "createdAt" timestamptz, name text)`;
}

/** After a check or a quarantine: the document is found in its patient's chart. */
export async function place(
  db: Db,
  { organizationId, documentId }: Omit<Key, "version">,
): Promise<void> {
  await db`
    update document_search s
    set patient_id = case when d.quarantine_reasons is null and not d.awaits_check
                       then d.patient_id end
    from documents d
    where d.id = ${documentId} and d.organization_id = ${organizationId}
      and s.document_id = d.id and s.organization_id = d.organization_id`;
}

/**
 * Inserted in one order, whatever plan the database chooses: two writers of the same new words
 * would wait for each other otherwise.
 */
export async function insertWords(
  db: Db,
  organizationId: string,
  terms: string[],
): Promise<void> {
  await db`
    insert into search_words (organization_id, term)
    select ${organizationId}::uuid, t.term from unnest(${terms}::text[]) as t(term)
    where not exists (
      select 1 from search_words w
      where w.organization_id = ${organizationId} and w.term = t.term)
    order by t.term collate "C"
    on conflict do nothing`;
}
