/** Where a clinic's value sets are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Term, ValueSet } from "./model.ts";

type Row = Omit<ValueSet, "createdAt" | "retiredAt"> & { createdAt: Date; retiredAt: Date | null };

const columns = (db: Db) =>
  db`id, url, version, title, kind, codes, sha256, created_by, created_at, retired_at`;
const toValueSet = ({ createdAt, retiredAt, ...row }: Row): ValueSet => ({
  ...row,
  createdAt: createdAt.toISOString(),
  retiredAt: retiredAt?.toISOString() ?? null,
});

/** With its codes, in place of the one of this address that was in force. */
export async function put(
  db: Db,
  organizationId: string,
  one: Omit<ValueSet, "createdAt" | "retiredAt" | "codes"> & { at: Date },
  terms: readonly Term[],
): Promise<ValueSet> {
  await db`
    update value_sets set retired_at = ${one.at}
    where organization_id = ${organizationId} and url = ${one.url} and retired_at is null`;
  const [row] = await db<Row[]>`
    insert into value_sets (id, organization_id, url, version, title, kind, codes, sha256,
                            created_by, created_at)
    values (${one.id}, ${organizationId}, ${one.url}, ${one.version}, ${one.title}, ${one.kind},
            ${terms.length}, ${one.sha256}, ${one.createdBy}, ${one.at})
    returning ${columns(db)}`;
  await db`
    insert into value_set_codes (value_set_id, organization_id, system, code, display, words)
    select ${one.id}, ${organizationId}, system, code, display, words
    from jsonb_to_recordset(${db.json(terms as never)}) as given (
      system text, code text, display text, words text[])`;
  return toValueSet(row!);
}

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { before, limit }: { before: string | undefined; limit: number },
): Promise<ValueSet[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from value_sets
    where organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toValueSet);
}

export async function retire(
  db: Db,
  organizationId: string,
  id: string,
  at: Date,
): Promise<ValueSet | undefined> {
  const [row] = await db<Row[]>`
    update value_sets set retired_at = coalesce(retired_at, ${at})
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return row && toValueSet(row);
}

/** Those in force of which a word stands in `text`, which is in small letters. */
export async function listIn(
  db: Db,
  organizationId: string,
  text: string,
  limit: number,
): Promise<Term[]> {
  return await db<Term[]>`
    select distinct on (c.system, c.code) c.system, c.code, c.display, c.words
    from value_set_codes c join value_sets v on v.id = c.value_set_id
    where c.organization_id = ${organizationId} and v.organization_id = ${organizationId}
      and v.retired_at is null
      and exists (select 1 from unnest(c.words) as word where strpos(${text}, word) > 0)
    order by c.system, c.code, v.id desc limit ${limit}`;
}
