/** Where the waiting list is kept. */
import type { Db } from "@praxis/shared/postgres";
import type { WaitingEntry, WaitingInput } from "./model.ts";

type Row = Omit<WaitingEntry, "createdAt"> & { createdAt: Date };

const toEntry = ({ createdAt, ...row }: Row): WaitingEntry => ({
  ...row,
  createdAt: createdAt.toISOString(),
});

const columns = (db: Db) =>
  db`id, patient_id, practitioner_id, duration_minutes, earliest_on::text, latest_on::text, note,
     status, appointment_id, created_at`;

export async function insert(
  db: Db,
  one: WaitingInput & { id: string; organizationId: string },
  at: Date,
): Promise<WaitingEntry> {
  const [row] = await db<Row[]>`
    insert into waiting_entries (id, organization_id, patient_id, practitioner_id,
                                 duration_minutes, earliest_on, latest_on, note, created_at)
    values (${one.id}, ${one.organizationId}, ${one.patientId}, ${one.practitionerId},
            ${one.durationMinutes}, ${one.earliestOn}::date, ${one.latestOn}::date, ${one.note},
            ${at})
    returning ${columns(db)}`;
  return toEntry(row!);
}

export async function findPatientId(
  db: Db,
  organizationId: string,
  id: string,
): Promise<string | undefined> {
  const [row] = await db<{ patientId: string }[]>`
    select patient_id from waiting_entries
    where organization_id = ${organizationId} and id = ${id}`;
  return row?.patientId;
}

export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<WaitingEntry | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from waiting_entries
    where organization_id = ${organizationId} and id = ${id}
    for update`;
  return row && toEntry(row);
}

export async function close(
  db: Db,
  organizationId: string,
  { id, appointmentId }: { id: string; appointmentId: string | null },
): Promise<WaitingEntry> {
  const [row] = await db<Row[]>`
    update waiting_entries
    set status = ${appointmentId === null ? "withdrawn" : "booked"},
        appointment_id = ${appointmentId}
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toEntry(row!);
}

export type Filter = {
  practitionerId: string | undefined;
  /** A day in the practitioner's calendar, and how long is free. */
  time: { on: string; minutes: number } | undefined;
};

/** Who has waited longest first; `after` is the last id of the page before. */
export async function listWaiting(
  db: Db,
  organizationId: string,
  { practitionerId, time }: Filter,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<WaitingEntry[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from waiting_entries
    where organization_id = ${organizationId} and status = 'waiting'
      ${
    practitionerId === undefined
      ? db``
      : db`and (practitioner_id is null or practitioner_id = ${practitionerId})`
  }
      ${
    time === undefined ? db`` : db`and duration_minutes <= ${time.minutes}
           and ${time.on}::date between earliest_on and latest_on`
  }
      ${after === undefined ? db`` : db`and id > ${after}`}
    order by id limit ${limit}`;
  return rows.map(toEntry);
}
