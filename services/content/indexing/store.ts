/** Where the words of documents are kept. A document in quarantine is found in no chart. */
import type { Db } from "@praxis/shared/postgres";

export type Key = { organizationId: string; documentId: string; version: number };

export type Present = {
  documentId: string;
  title: string;
  fileName: string;
  /** Null in quarantine, and until the document has been looked into. */
  patientId: string | null;
  kind: string;
  category: string | null;
  /** As Postgres writes it: not a moment of it may be lost. */
  createdAt: string;
};

/**
 * Locks those documents whose present versions these are, in the order of their ids, so that two
 * versions of one are never indexed at once.
 */
export async function lockPresent(
  db: Db,
  organizationId: string,
  versions: readonly Omit<Key, "organizationId">[],
): Promise<Present[]> {
  const rows = await db<(Present & { version: number })[]>`
    select d.id as document_id, d.version, d.title, v.file_name, v.kind, d.category,
           d.created_at::text as created_at,
           case when d.quarantine_reasons is null and not d.awaits_check then d.patient_id end
             as patient_id
    from documents d join document_versions v on v.document_id = d.id and v.version = d.version
    where d.id = any(${versions.map(({ documentId }) => documentId)}::uuid[])
      and d.organization_id = ${organizationId}
    order by d.id for no key update of d`;
  const wanted = new Set(versions.map(({ documentId, version }) => `${documentId} ${version}`));
  return rows.filter(({ documentId, version }) => wanted.has(`${documentId} ${version}`));
}

export type Part = Omit<Present, "title" | "fileName"> & {
  /** 0 holds every word of the document, those of its names too. */
  part: number;
  title: string;
  fileName: string;
  text: string;
};

/** Characters of vectors that one statement inserts: a long text's all would outlast its time. */
const PORTION_CHARS = 256 * 1024;

function* inPortions(parts: readonly Part[]): Generator<Part[]> {
  let portion: Part[] = [];
  let chars = 0;
  for (const part of parts) {
    if (portion.length > 0 && chars + part.text.length > PORTION_CHARS) {
      yield portion;
      [portion, chars] = [[], 0];
    }
    portion.push(part);
    chars += part.text.length;
  }
  if (portion.length > 0) yield portion;
}

/** The words of title and file name weigh more than those of the text. */
export async function replace(
  db: Db,
  organizationId: string,
  documentIds: readonly string[],
  parts: readonly Part[],
): Promise<void> {
  const [first = [], ...others] = inPortions(parts);
  // Sent in this order: by itself a statement waits until somebody asks for its answer.
  await Promise.all([
    db`
      delete from document_search
      where organization_id = ${organizationId}
        and document_id = any(${documentIds as string[]}::uuid[])`.execute(),
    insert(db, organizationId, first),
  ]);
  for (const portion of others) await insert(db, organizationId, portion);
}

async function insert(db: Db, organizationId: string, parts: readonly Part[]): Promise<void> {
  await db`
    insert into document_search
      (organization_id, document_id, part, patient_id, kind, category, created_at, tsv)
    select ${organizationId}::uuid, p."documentId", p.part, p."patientId", p.kind, p.category,
           p."createdAt",
           setweight(p.title::tsvector, 'A') || setweight(p."fileName"::tsvector, 'B')
             || p.text::tsvector
    from jsonb_to_recordset(${db.json(parts as never)}::jsonb) as p(
      "documentId" uuid, part int, "patientId" uuid, kind text, category text,
      "createdAt" timestamptz, title text, "fileName" text, text text)`;
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
