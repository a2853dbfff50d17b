/** Where merges are kept, and how what belongs to a patient changes hands. */
import type { Db } from "@praxis/shared/postgres";
import type { Identifier } from "../patients/model.ts";
import type { Merge, Moved } from "./model.ts";

type Row = Omit<Merge, "mergedAt" | "undoneAt"> & { mergedAt: Date; undoneAt: Date | null };

const toMerge = ({ mergedAt, undoneAt, ...row }: Row): Merge => ({
  ...row,
  mergedAt: mergedAt.toISOString(),
  undoneAt: undoneAt?.toISOString() ?? null,
});

const columns = (db: Db) =>
  db`id, patient_id, into_patient_id, reason, moved, merged_at, merged_by, undone_at, undone_by`;

/** From whom, to whom, within which organization. */
export type Hands = { organizationId: string; from: string; to: string };

const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

/** Hands over everything that is kept under `from`. */
export async function moveAll(db: Db, { organizationId, from, to }: Hands): Promise<Moved> {
  const identifiers = await db<Identifier[]>`
    update patient_identifiers set patient_id = ${to}
    where organization_id = ${organizationId} and patient_id = ${from}
    returning system, value, type`;
  const appointments = await db<{ id: string }[]>`
    update appointments set patient_id = ${to}
    where organization_id = ${organizationId} and patient_id = ${from} returning id`;
  const entries = await db<{ id: string }[]>`
    update waiting_entries set patient_id = ${to}
    where organization_id = ${organizationId} and patient_id = ${from} returning id`;
  const users = await db<{ id: string }[]>`
    update patient_users set patient_id = ${to}
    where organization_id = ${organizationId} and patient_id = ${from} returning user_id as id`;
  return {
    identifiers: identifiers.map(({ system, value, type }) => ({ system, value, type })),
    appointmentIds: idsOf(appointments),
    waitingEntryIds: idsOf(entries),
    userIds: idsOf(users),
  };
}

/** Hands back exactly `moved`; an identifier that somebody else has by now stays with them. */
export async function moveBack(
  db: Db,
  { organizationId, from, to }: Hands,
  moved: Moved,
): Promise<void> {
  const identifiers = db.json(moved.identifiers.map((one, position) => ({ ...one, position })));
  await db`
    delete from patient_identifiers i
    using jsonb_to_recordset(${identifiers}) as m(system text, value text)
    where i.organization_id = ${organizationId} and i.patient_id = ${from}
      and i.system = m.system and i.value = m.value`;
  await db`
    insert into patient_identifiers (organization_id, system, value, patient_id, type, position)
    select ${organizationId}::uuid, system, value, ${to}::uuid, type, position
    from jsonb_to_recordset(${identifiers}) as m(
      system text, value text, type text, position int)
    on conflict do nothing`;
  await db`
    update appointments set patient_id = ${to}
    where organization_id = ${organizationId} and patient_id = ${from}
      and id = any(${moved.appointmentIds}::uuid[])`;
  await db`
    update waiting_entries set patient_id = ${to}
    where organization_id = ${organizationId} and patient_id = ${from}
      and id = any(${moved.waitingEntryIds}::uuid[])`;
  await db`
    update patient_users set patient_id = ${to}
    where organization_id = ${organizationId} and patient_id = ${from}
      and user_id = any(${moved.userIds}::uuid[])`;
}

/** `into` null: a patient of their own again. */
export async function setSuccessor(
  db: Db,
  organizationId: string,
  { id, into }: { id: string; into: string | null },
  at: Date,
): Promise<void> {
  await db`
    update patients set status = ${into === null ? "active" : "merged"}, merged_into = ${into},
      version = version + 1, updated_at = ${at}
    where organization_id = ${organizationId} and id = ${id}`;
}

/** Whoever has read the patient before must read again. */
export async function touch(db: Db, organizationId: string, id: string, at: Date): Promise<void> {
  await db`
    update patients set version = version + 1, updated_at = ${at}
    where organization_id = ${organizationId} and id = ${id}`;
}

type New = Pick<Merge, "id" | "patientId" | "intoPatientId" | "reason" | "moved" | "mergedBy"> & {
  organizationId: string;
};

export async function insert(db: Db, merge: New, at: Date): Promise<Merge> {
  const [row] = await db<Row[]>`
    insert into merges (id, organization_id, patient_id, into_patient_id, reason, moved, merged_at,
                        merged_by)
    values (${merge.id}, ${merge.organizationId}, ${merge.patientId}, ${merge.intoPatientId},
            ${merge.reason}, ${db.json(merge.moved as never)}, ${at}, ${merge.mergedBy})
    returning ${columns(db)}`;
  return toMerge(row!);
}

export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Merge | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from merges where organization_id = ${organizationId} and id = ${id}
    for update`;
  return row && toMerge(row);
}

export async function markUndone(
  db: Db,
  organizationId: string,
  { id, undoneBy }: { id: string; undoneBy: string },
  at: Date,
): Promise<Merge> {
  const [row] = await db<Row[]>`
    update merges set undone_at = ${at}, undone_by = ${undoneBy}
    where organization_id = ${organizationId} and id = ${id}
    returning ${columns(db)}`;
  return toMerge(row!);
}

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  { patientId, before, limit }: {
    patientId: string | undefined;
    before: string | undefined;
    limit: number;
  },
): Promise<Merge[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from merges
    where organization_id = ${organizationId}
      ${
    patientId === undefined
      ? db``
      : db`and (patient_id = ${patientId} or into_patient_id = ${patientId})`
  }
      ${before === undefined ? db`` : db`and id < ${before}`}
    order by id desc limit ${limit}`;
  return rows.map(toMerge);
}
