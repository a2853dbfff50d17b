/** Where absences and holidays are kept, and what is taken of a calendar. */
import type { Db } from "@praxis/shared/postgres";
import type { Absence, AbsenceInput, Holiday, HolidayInput, Span } from "./model.ts";

type AbsenceRow = Omit<Absence, "startsAt" | "endsAt"> & { startsAt: Date; endsAt: Date };

const toAbsence = ({ startsAt, endsAt, ...row }: AbsenceRow): Absence => ({
  ...row,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
});

const absenceColumns = (db: Db) => db`id, practitioner_id, starts_at, ends_at, reason`;

type NewAbsence = AbsenceInput & { id: string; organizationId: string; practitionerId: string };

export async function insertAbsence(db: Db, absence: NewAbsence, at: Date): Promise<Absence> {
  const [row] = await db<AbsenceRow[]>`
    insert into absences (id, organization_id, practitioner_id, starts_at, ends_at, reason,
                          created_at)
    values (${absence.id}, ${absence.organizationId}, ${absence.practitionerId},
            ${absence.startsAt}, ${absence.endsAt}, ${absence.reason}, ${at})
    returning ${absenceColumns(db)}`;
  return toAbsence(row!);
}

export async function removeAbsence(
  db: Db,
  organizationId: string,
  { id, practitionerId }: { id: string; practitionerId: string },
): Promise<boolean> {
  const { count } = await db`
    delete from absences
    where organization_id = ${organizationId} and practitioner_id = ${practitionerId}
      and id = ${id}`;
  return count === 1;
}

/** Those that touch `range`, in order. */
export async function listAbsences(
  db: Db,
  organizationId: string,
  practitionerId: string,
  { from, to }: Span,
  limit: number,
): Promise<Absence[]> {
  const rows = await db<AbsenceRow[]>`
    select ${absenceColumns(db)} from absences
    where organization_id = ${organizationId} and practitioner_id = ${practitionerId}
      and starts_at < ${new Date(to)} and ends_at > ${new Date(from)}
    order by starts_at, id limit ${limit}`;
  return rows.map(toAbsence);
}

const holidayColumns = (db: Db) => db`id, held_on::text as "on", name, location_id`;

/** Undefined when the day is one already. */
export async function insertHoliday(
  db: Db,
  holiday: HolidayInput & { id: string; organizationId: string },
): Promise<Holiday | undefined> {
  const [row] = await db<Holiday[]>`
    insert into holidays (id, organization_id, held_on, name, location_id)
    values (${holiday.id}, ${holiday.organizationId}, ${holiday.on}::date, ${holiday.name},
            ${holiday.locationId})
    on conflict (organization_id, held_on, location_id) do nothing
    returning ${holidayColumns(db)}`;
  return row;
}

export async function removeHoliday(
  db: Db,
  organizationId: string,
  id: string,
): Promise<boolean> {
  const { count } = await db`
    delete from holidays where organization_id = ${organizationId} and id = ${id}`;
  return count === 1;
}

/** Those from one day to another, both included, in order. */
export async function listHolidays(
  db: Db,
  organizationId: string,
  { from, to }: { from: string; to: string },
  limit: number,
): Promise<Holiday[]> {
  return await db<Holiday[]>`
    select ${holidayColumns(db)} from holidays
    where organization_id = ${organizationId}
      and held_on between ${from}::date and ${to}::date
    order by held_on, id limit ${limit}`;
}

/** Longer than an appointment with its buffers can be (appointments/model.ts). */
const REACH_MS = 2 * 24 * 60 * 60 * 1000;

type Taken = { from: Date; to: Date; room: string | null };

/**
 * What is taken of a practitioner's time, buffers included, and of the rooms given. By comparison
 * of times, not of ranges: only that may use an index under row-level security.
 */
export async function listTaken(
  db: Db,
  organizationId: string,
  { practitionerId, rooms }: { practitionerId: string; rooms: string[] },
  { from, to }: Span,
): Promise<(Span & { room?: string })[]> {
  const [since, until] = [new Date(from - REACH_MS), new Date(to + REACH_MS)];
  const rows = await db<Taken[]>`
    select lower(occupies) as "from", upper(occupies) as "to", null as room
    from appointments
    where organization_id = ${organizationId} and practitioner_id = ${practitionerId}
      and starts_at > ${since} and starts_at < ${until} and status not in ('cancelled', 'missed')
    union all
    select starts_at, ends_at, location_id
    from appointments
    where organization_id = ${organizationId} and is_room
      and location_id = any(${rooms}::uuid[])
      and starts_at > ${since} and starts_at < ${until} and status not in ('cancelled', 'missed')`;
  return rows.map((row) => ({
    from: row.from.getTime(),
    to: row.to.getTime(),
    ...(row.room === null ? {} : { room: row.room }),
  }));
}
