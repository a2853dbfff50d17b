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

/** Of documents that no other transaction can see yet; title and file name are the same. */
export async function insertNames(
  db: Db,
  organizationId: string,
  names: { documentId: string; name: string }[],
): Promise<void> {
  await db`
    insert into document_search
      (organization_id, document_id, part, kind, category, created_at, tsv)
    select d.organization_id, d.id, 0, v.kind, d.category, d.created_at,
           setweight(n.name::tsvector, 'A')
    from jsonb_to_recordset(${db.json(names)}::jsonb) as n("documentId" uuid, name text)
    join documents d on d.id = n."documentId"
    join document_versions v on v.document_id = d.id and v.version = d.version
    where d.organization_id = ${organizationId}`;
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
