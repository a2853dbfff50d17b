/** Where the words of documents are kept. */
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
    select d.organization_id, d.id, t.part - 1, d.patient_id, v.kind, d.category, d.created_at,
           case when t.part = 1
             then setweight(${title}::tsvector, 'A') || setweight(${fileName}::tsvector, 'B')
             else ''::tsvector end || t.vector::tsvector
    from documents d
    join document_versions v on v.document_id = d.id and v.version = d.version
    cross join unnest(${texts}::text[]) with ordinality as t(vector, part)
    where d.id = ${documentId} and d.organization_id = ${organizationId}
      and d.version = ${version}`;
}
