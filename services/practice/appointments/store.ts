/** Where appointments are kept. */
import type { Db } from "@praxis/shared/postgres";
import postgres from "postgres";
import type { Appointment, Status } from "./model.ts";

type Row = Omit<Appointment, "startsAt" | "endsAt" | "createdAt" | "updatedAt"> & {
  startsAt: Date;
  endsAt: Date;
  createdAt: Date;
  updatedAt: Date;
};

const toAppointment = ({ startsAt, endsAt, createdAt, updatedAt, ...row }: Row): Appointment => ({
  ...row,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

const columns = (db: Db) =>
  db`id, version, patient_id, practitioner_id, location_id, series_id, starts_at, ends_at, status,
     reason, cancellation_reason, created_at, updated_at`;

/** A time and all that it takes from others. */
export type Place = {
  practitionerId: string;
  locationId: string | null;
  isRoom: boolean;
  startsAt: Date;
  endsAt: Date;
  occupies: { from: Date; to: Date };
};

export type NewAppointment = Place & {
  id: string;
  organizationId: string;
  patientId: string;
  seriesId: string | null;
  reason: string | null;
};

/** @throws what `isTaken` knows when the time is somebody else's. */
export async function insert(db: Db, one: NewAppointment, at: Date): Promise<Appointment> {
  const [row] = await db<Row[]>`
    insert into appointments (id, organization_id, patient_id, practitioner_id, location_id,
                              series_id, starts_at, ends_at, occupies, is_room, reason,
                              created_at, updated_at)
    values (${one.id}, ${one.organizationId}, ${one.patientId}, ${one.practitionerId},
            ${one.locationId}, ${one.seriesId}, ${one.startsAt}, ${one.endsAt},
            tstzrange(${one.occupies.from}::timestamptz, ${one.occupies.to}::timestamptz),
            ${one.isRoom}, ${one.reason}, ${at}, ${at})
    returning ${columns(db)}`;
  return toAppointment(row!);
}

/** An exclusion constraint spoke. */
export const isTaken = (error: unknown) =>
  error instanceof postgres.PostgresError && error.code === "23P01";

export async function insertSeries(
  db: Db,
  { id, organizationId }: { id: string; organizationId: string },
  at: Date,
): Promise<void> {
  await db`
    insert into appointment_series (id, organization_id, created_at)
    values (${id}, ${organizationId}, ${at})`;
}

export async function hasSeries(db: Db, organizationId: string, id: string): Promise<boolean> {
  const rows = await db`
    select 1 from appointment_series where organization_id = ${organizationId} and id = ${id}`;
  return rows.length === 1;
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Appointment | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from appointments
    where organization_id = ${organizationId} and id = ${id}`;
  return row && toAppointment(row);
}

/** Whoever else wants to change it waits until the transaction ends. */
export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Appointment | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from appointments
    where organization_id = ${organizationId} and id = ${id}
    for update`;
  return row && toAppointment(row);
}

/** Those of a series that begin after `from` and may still be cancelled. */
export async function lockOpenOfSeries(
  db: Db,
  organizationId: string,
  seriesId: string,
  from: Date,
): Promise<Appointment[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from appointments
    where organization_id = ${organizationId} and series_id = ${seriesId}
      and starts_at > ${from} and status in ('booked', 'confirmed')
    order by id
    for update`;
  return rows.map(toAppointment);
}

/** @throws what `isTaken` knows when the time is somebody else's. */
export async function move(
  db: Db,
  organizationId: string,
  id: string,
  place: Place,
  at: Date,
): Promise<Appointment> {
  const [row] = await db<Row[]>`
    update appointments set
      practitioner_id = ${place.practitionerId}, location_id = ${place.locationId},
      is_room = ${place.isRoom}, starts_at = ${place.startsAt}, ends_at = ${place.endsAt},
      occupies = tstzrange(${place.occupies.from}::timestamptz, ${place.occupies.to}::timestamptz),
      status = 'booked', version = version + 1, updated_at = ${at}
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toAppointment(row!);
}

export async function setStatus(
  db: Db,
  organizationId: string,
  id: string,
  { status, cancellationReason }: { status: Status; cancellationReason: string | null },
  at: Date,
): Promise<Appointment> {
  const [row] = await db<Row[]>`
    update appointments set status = ${status}, cancellation_reason = ${cancellationReason},
      version = version + 1, updated_at = ${at}
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toAppointment(row!);
}

export type Filter = {
  patientId?: string;
  practitionerId?: string;
  locationId?: string;
  seriesId?: string;
  statuses?: readonly Status[];
  from?: string;
  to?: string;
};

export type Page = { after: { startsAt: string; id: string } | undefined; limit: number };

function matching(
  db: Db,
  organizationId: string,
  { patientId, practitionerId, locationId, seriesId, statuses, from, to }: Filter,
) {
  return db`
    organization_id = ${organizationId}
      ${patientId === undefined ? db`` : db`and patient_id = ${patientId}`}
      ${practitionerId === undefined ? db`` : db`and practitioner_id = ${practitionerId}`}
      ${locationId === undefined ? db`` : db`and location_id = ${locationId}`}
      ${seriesId === undefined ? db`` : db`and series_id = ${seriesId}`}
      ${statuses === undefined ? db`` : db`and status = any(${statuses as string[]}::text[])`}
      ${from === undefined ? db`` : db`and starts_at >= ${from}::timestamptz`}
      ${to === undefined ? db`` : db`and starts_at < ${to}::timestamptz`}`;
}

/** In order of their beginning; `after` is the last of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  filter: Filter,
  { after, limit }: Page,
): Promise<Appointment[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from appointments
    where ${matching(db, organizationId, filter)}
      ${
    after === undefined
      ? db``
      : db`and (starts_at, id) > (${after.startsAt}::timestamptz, ${after.id}::uuid)`
  }
    order by starts_at, id limit ${limit}`;
  return rows.map(toAppointment);
}

/** The last ones first. */
export async function listNewest(
  db: Db,
  organizationId: string,
  filter: Filter,
  limit: number,
): Promise<Appointment[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from appointments
    where ${matching(db, organizationId, filter)}
    order by starts_at desc, id desc limit ${limit}`;
  return rows.map(toAppointment);
}
