/** Where practitioners are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Calendar } from "../calendars/model.ts";
import type { NewPractitioner, Practitioner, PractitionerInput } from "./model.ts";

const columns = (db: Db) =>
  db`id, version, user_id, name, identifiers, specialty, is_active, calendar`;

type Named = { id: string; organizationId: string };

/** Undefined when there is one with this id. */
export async function insert(
  db: Db,
  one: NewPractitioner & Named,
  at: Date,
): Promise<Practitioner | undefined> {
  const [row] = await db<Practitioner[]>`
    insert into practitioners (id, organization_id, user_id, name, identifiers, specialty,
                               is_active, calendar, created_at)
    values (${one.id}, ${one.organizationId}, ${one.userId}, ${db.json(one.name as never)},
            ${db.json(one.identifiers as never)}, ${one.specialty}, ${one.isActive},
            ${db.json(one.calendar as never)}, ${at})
    on conflict (id) do nothing
    returning ${columns(db)}`;
  return row;
}

export async function update(db: Db, one: PractitionerInput & Named): Promise<Practitioner> {
  const [row] = await db<Practitioner[]>`
    update practitioners set user_id = ${one.userId}, name = ${db.json(one.name as never)},
      identifiers = ${db.json(one.identifiers as never)}, specialty = ${one.specialty},
      is_active = ${one.isActive}, version = version + 1
    where organization_id = ${one.organizationId} and id = ${one.id}
    returning ${columns(db)}`;
  return row!;
}

export async function setCalendar(
  db: Db,
  { id, organizationId }: Named,
  calendar: Calendar,
): Promise<Practitioner> {
  const [row] = await db<Practitioner[]>`
    update practitioners set calendar = ${db.json(calendar as never)}, version = version + 1
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return row!;
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Practitioner | undefined> {
  const [row] = await db<Practitioner[]>`
    select ${columns(db)} from practitioners
    where organization_id = ${organizationId} and id = ${id}`;
  return row;
}

/** Whoever else wants to book or change them waits until the transaction ends. */
export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Practitioner | undefined> {
  const [row] = await db<Practitioner[]>`
    select ${columns(db)} from practitioners
    where organization_id = ${organizationId} and id = ${id}
    for no key update`;
  return row;
}

export type Filter = { name?: string; identifier?: string; userId?: string };

/** By id; `after` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { name, identifier, userId }: Filter,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<Practitioner[]> {
  return await db<Practitioner[]>`
    select ${columns(db)} from practitioners
    where organization_id = ${organizationId}
      ${
    name === undefined ? db`` : db`and exists (
        select 1 from jsonb_array_elements_text(
          name->'given' || jsonb_build_array(coalesce(name->>'family', ''))) as word
        where lower(word) like ${`${name}%`})`
  }
      ${
    identifier === undefined ? db`` : db`and exists (
        select 1 from jsonb_array_elements(identifiers) as i
        where i->>'value' = ${identifier} or concat(i->>'system', '|', i->>'value') = ${identifier})`
  }
      ${userId === undefined ? db`` : db`and user_id = ${userId}`}
      ${after === undefined ? db`` : db`and id > ${after}`}
    order by id limit ${limit}`;
}
