/** Where calendars are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Calendar } from "./model.ts";

type Row = { name: string; timeZone: string; hours: Calendar["hours"]; holidays: string[] };

const columns = (db: Db) => db`name, time_zone, hours, holidays::text[]`;

export async function find(
  db: Db,
  organizationId: string,
  name: string,
): Promise<Row | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from calendars
    where organization_id = ${organizationId} and name = ${name}`;
  return row;
}

export async function put(
  db: Db,
  organizationId: string,
  name: string,
  { timeZone, hours, holidays }: Calendar,
): Promise<void> {
  await db`
    insert into calendars (organization_id, name, time_zone, hours, holidays)
    values (${organizationId}, ${name}, ${timeZone}, ${db.json(hours)},
            ${holidays}::text[]::date[])
    on conflict (organization_id, name) do update
    set time_zone = excluded.time_zone, hours = excluded.hours, holidays = excluded.holidays`;
}
