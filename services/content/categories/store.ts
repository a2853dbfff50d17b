/** Where the names of a clinic's kinds of documents are kept. */
import type { Db } from "@praxis/shared/postgres";

export async function list(db: Db, organizationId: string): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    select name from document_categories where organization_id = ${organizationId}
    order by position, name limit 1000`;
  return rows.map(({ name }) => name);
}

/** Those that are there already stay where they are. Returns the new ones. */
export async function insert(
  db: Db,
  organizationId: string,
  names: readonly string[],
): Promise<string[]> {
  const rows = await db<{ name: string }[]>`
    insert into document_categories (organization_id, name, position)
    select ${organizationId}, name, position
    from unnest(${names as string[]}::text[]) with ordinality as given (name, position)
    on conflict do nothing returning name`;
  return rows.map(({ name }) => name);
}

export async function remove(
  db: Db,
  organizationId: string,
  names: readonly string[],
): Promise<void> {
  await db`
    delete from document_categories
    where organization_id = ${organizationId} and name = any (${names as string[]}::text[])`;
}
