/** Where merges are remembered, and how rows change hands: `<subject>_merges`, `<subject>_id`. */
import type { Db } from "../postgres/connect.ts";
import type { Merge, Table } from "./model.ts";

const names = (db: Db, subject: string) => ({
  merges: db(`${subject}_merges`),
  rows: db(`${subject}_merge_rows`),
  id: db(`${subject}_id`),
  intoId: db(`into_${subject}_id`),
});

/** Until the transaction ends no other merge of the organization moves anything. */
export async function lock(db: Db, subject: string, organizationId: string): Promise<void> {
  await db`select ${db(`lock_${subject}_merges`)}(${organizationId}, false)`;
}

/** False when the merge is known already. */
export async function insert(
  db: Db,
  subject: string,
  { organizationId, mergeId, fromId, intoId: into }: Merge,
  at: Date,
): Promise<boolean> {
  const { merges, id, intoId } = names(db, subject);
  const { count } = await db`
    insert into ${merges} (organization_id, merge_id, ${id}, ${intoId}, merged_at)
    values (${organizationId}, ${mergeId}, ${fromId}, ${into}, ${at})
    on conflict do nothing`;
  return count === 1;
}

/** Remembers an unknown merge as undone, too: it may be told late. False: undone before. */
export async function markUndone(
  db: Db,
  subject: string,
  { organizationId, mergeId, fromId, intoId: into }: Merge,
  at: Date,
): Promise<boolean> {
  const { merges, id, intoId } = names(db, subject);
  const { count } = await db`
    insert into ${merges} as m (organization_id, merge_id, ${id}, ${intoId}, merged_at, undone_at)
    values (${organizationId}, ${mergeId}, ${fromId}, ${into}, ${at}, ${at})
    on conflict (organization_id, merge_id) do update set undone_at = excluded.undone_at
      where m.undone_at is null`;
  return count === 1;
}

const versioned = (db: Db, { isVersioned = false }: Table) =>
  isVersioned ? db`, version = t.version + 1` : db``;

/** Returns how many rows of one table moved. */
export async function move(
  db: Db,
  subject: string,
  table: Table,
  merge: Merge,
): Promise<number> {
  const { organizationId, mergeId, fromId, intoId } = merge;
  const { rows, id } = names(db, subject);
  const { count } = await db`
    with moved as (
      update ${db(table.name)} t set ${id} = ${intoId} ${versioned(db, table)}
      where t.organization_id = ${organizationId} and t.${id} = ${fromId}
        ${table.where ? db`and (${table.where(db, merge)})` : db``}
      returning t.id
    )
    insert into ${rows} (organization_id, merge_id, table_name, row_id)
    select ${organizationId}::uuid, ${mergeId}::uuid, ${table.name}, id from moved
    on conflict do nothing`;
  return count;
}

/** Gives back what the merge moved, as far as it is still with who took over. */
export async function moveBack(
  db: Db,
  subject: string,
  table: Table,
  { organizationId, mergeId, fromId, intoId }: Merge,
): Promise<number> {
  const { rows, id } = names(db, subject);
  const { count } = await db`
    update ${db(table.name)} t set ${id} = ${fromId} ${versioned(db, table)}
    from ${rows} r
    where r.organization_id = ${organizationId} and r.merge_id = ${mergeId}
      and r.table_name = ${table.name} and t.id = r.row_id
      and t.organization_id = ${organizationId} and t.${id} = ${intoId}`;
  return count;
}
