/** Asks the words that are kept (migrations 0002 and 0070). */
import type { Db } from "@praxis/shared/postgres";
import type { DocumentFilter } from "../documents/model.ts";
import { type Compiled, HIGHLIGHT_CHARS_MAX, RANKED_MAX } from "./model.ts";

/** More words than this are no slip of the hand. */
const SUGGESTED_WORDS_MAX = 8;

export type Match = {
  documentId: string;
  createdAt: Date;
  kind: string;
  category: string | null;
  rank: number;
};

export type Criteria = DocumentFilter & {
  /** Undefined: whatever there is. */
  compiled: Compiled | undefined;
  from: string | undefined;
  to: string;
};

/** The newest matches of the transaction's organization, best first. */
export async function match(
  db: Db,
  { compiled, patientId, kind, category, from, to }: Criteria,
): Promise<Match[]> {
  return await db<Match[]>`
    select document_id, created_at, kind, category, rank
    from find_documents(
      ${compiled?.query ?? null}::tsquery, ${compiled?.words ?? null}::tsquery,
      ${compiled?.leaves ?? []}::text[]::tsquery[], ${compiled?.condition ?? null}::tsquery,
      ${compiled?.nearby ?? null}::tsquery,
      ${patientId ?? null}::uuid, ${kind ?? null}::text, ${category ?? null}::text,
      ${from ?? null}::timestamptz, ${to}::timestamptz, ${RANKED_MAX})
    order by rank desc, created_at desc, document_id desc`;
}

/** The beginning of the present text of each document that has one. */
export async function findTexts(
  db: Db,
  organizationId: string,
  ids: string[],
): Promise<Map<string, string>> {
  const rows = await db<{ documentId: string; text: string }[]>`
    select t.document_id, left(t.text, ${HIGHLIGHT_CHARS_MAX}) as text
    from document_texts t join documents d on d.id = t.document_id and d.version = t.version
    where t.document_id = any(${ids}::uuid[]) and t.organization_id = ${organizationId}`;
  return new Map(rows.map((row) => [row.documentId, row.text]));
}

/** For each of `terms` that no document holds, the nearest that one does. */
export async function nearestWords(
  db: Db,
  terms: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db<{ term: string; nearest: string | null }[]>`
    select t.term, suggest_word(t.term) as nearest
    from unnest(${terms.slice(0, SUGGESTED_WORDS_MAX)}::text[]) as t(term)
    where length(t.term) >= 4 and not exists (select 1 from search_words w where w.term = t.term)`;
  return new Map(rows.flatMap(({ term, nearest }) => nearest === null ? [] : [[term, nearest]]));
}
