/** Where locations are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Location, LocationInput } from "./model.ts";

const columns = (db: Db) => db`id, version, name, time_zone, is_room, address, is_active`;

type New = LocationInput & { id: string; organizationId: string };

export async function insert(db: Db, location: New, at: Date): Promise<Location> {
  const [row] = await db<Location[]>`
    insert into locations (id, organization_id, name, time_zone, is_room, address, is_active,
                           created_at)
    values (${location.id}, ${location.organizationId}, ${location.name}, ${location.timeZone},
            ${location.isRoom}, ${db.json(location.address as never)}, ${location.isActive}, ${at})
    returning ${columns(db)}`;
  return row!;
}

/** The location as it is now, or undefined when it is not there in this version. */
export async function update(
  db: Db,
  location: New,
): Promise<Location> {
  const [row] = await db<Location[]>`
    update locations set name = ${location.name}, time_zone = ${location.timeZone},
      is_room = ${location.isRoom}, address = ${db.json(location.address as never)},
      is_active = ${location.isActive}, version = version + 1
    where organization_id = ${location.organizationId} and id = ${location.id}
    returning ${columns(db)}`;
  return row!;
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Location | undefined> {
  const [row] = await db<Location[]>`
    select ${columns(db)} from locations where organization_id = ${organizationId} and id = ${id}`;
  return row;
}

/** Whoever else wants to book or change it waits until the transaction ends. */
export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Location | undefined> {
  const [row] = await db<Location[]>`
    select ${columns(db)} from locations where organization_id = ${organizationId} and id = ${id}
    for no key update`;
  return row;
}

export type Filter = { name?: string };

/** By id; `after` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { name }: Filter,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Location[]> {
  return await db<Location[]>`
    select ${columns(db)} from locations
    where organization_id = ${organizationId}
      ${name === undefined ? db`` : db`and lower(name) like ${`${name}%`}`}
      ${after === undefined ? db`` : db`and id > ${after}`}
    order by id limit ${limit}`;
}
