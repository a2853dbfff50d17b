/** Where organizations are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Organization } from "./model.ts";

export async function find(db: Db, id: string): Promise<Organization | undefined> {
  const [row] = await db<Organization[]>`
    select id, slug, name from organizations where id = ${id}`;
  return row;
}

/** False when its id or slug is taken. */
export async function insert(db: Db, organization: Organization, at: Date): Promise<boolean> {
  const { id, slug, name } = organization;
  const { count } = await db`
    insert into organizations (id, slug, name, created_at) values (${id}, ${slug}, ${name}, ${at})
    on conflict do nothing`;
  return count === 1;
}
