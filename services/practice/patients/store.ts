/** Where patients are kept, and how they are found. */
import type { Db } from "@praxis/shared/postgres";
import postgres from "postgres";
import type { Key } from "../names/model.ts";
import { Demographics, type Patient, type PatientInput } from "./model.ts";

type Row = Omit<Patient, keyof Demographics | "createdAt" | "updatedAt"> & {
  demographics: unknown;
  createdAt: Date;
  updatedAt: Date;
};

function toPatient({ demographics, createdAt, updatedAt, ...row }: Row): Patient {
  return {
    ...row,
    ...Demographics.parse(demographics),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

const columns = (db: Db) =>
  db`p.id, p.version, p.status, p.merged_into, p.birth_date, p.sex, p.is_confidential,
     p.demographics, p.created_at, p.updated_at,
     coalesce((select jsonb_agg(jsonb_build_object('system', i.system, 'value', i.value,
                                                   'type', i.type) order by i.position, i.value)
               from patient_identifiers i where i.patient_id = p.id), '[]') as identifiers`;

export type NewPatient = PatientInput & { id: string; organizationId: string; keys: Key[] };

const demographicsOf = (input: PatientInput): Demographics => Demographics.parse(input);

/** @throws a unique violation when another patient has one of the identifiers. */
export async function insert(db: Db, patients: NewPatient[], at: Date): Promise<void> {
  const rows = patients.map((patient) => ({
    id: patient.id,
    organization_id: patient.organizationId,
    birth_date: patient.birthDate,
    sex: patient.sex,
    is_confidential: patient.isConfidential,
    demographics: demographicsOf(patient),
  }));
  await db`
    insert into patients (id, organization_id, birth_date, sex, is_confidential, demographics,
                          created_at, updated_at)
    select id, organization_id, birth_date, sex, is_confidential, demographics, ${at}, ${at}
    from jsonb_to_recordset(${db.json(rows as never)}) as r(
      id uuid, organization_id uuid, birth_date text, sex text, is_confidential boolean,
      demographics jsonb)`;
  await insertIdentifiers(db, patients);
  await insertKeys(db, patients);
}

export async function update(
  db: Db,
  { id, ...patient }: NewPatient,
  at: Date,
): Promise<void> {
  await db`
    update patients set
      birth_date = ${patient.birthDate}, sex = ${patient.sex},
      is_confidential = ${patient.isConfidential},
      demographics = ${db.json(demographicsOf(patient) as never)},
      version = version + 1, updated_at = ${at}
    where organization_id = ${patient.organizationId} and id = ${id}`;
  await db`
    delete from patient_identifiers
    where organization_id = ${patient.organizationId} and patient_id = ${id}`;
  await insertIdentifiers(db, [{ id, ...patient }]);
  await db`
    delete from patient_names
    where organization_id = ${patient.organizationId} and patient_id = ${id}`;
  await insertKeys(db, [{ id, ...patient }]);
}

async function insertIdentifiers(db: Db, patients: NewPatient[]): Promise<void> {
  const rows = patients.flatMap(({ id, organizationId, identifiers }) =>
    identifiers.map((identifier, position) => ({
      ...identifier,
      position,
      patient_id: id,
      organization_id: organizationId,
    }))
  );
  if (rows.length === 0) return;
  await db`
    insert into patient_identifiers (organization_id, system, value, patient_id, type, position)
    select organization_id, system, value, patient_id, type, position
    from jsonb_to_recordset(${db.json(rows as never)}) as r(
      organization_id uuid, system text, value text, patient_id uuid, type text, position int)`;
}

type Keys = Pick<NewPatient, "id" | "organizationId" | "keys">;

async function insertKeys(db: Db, patients: Keys[]): Promise<void> {
  const rows = patients.flatMap(({ id, organizationId, keys }) =>
    keys.map(({ key, isChief }) => ({
      key,
      is_chief: isChief,
      patient_id: id,
      organization_id: organizationId,
    }))
  );
  if (rows.length === 0) return;
  await db`
    insert into patient_names (organization_id, patient_id, key, is_chief)
    select organization_id, patient_id, key, is_chief
    from jsonb_to_recordset(${db.json(rows as never)}) as r(
      organization_id uuid, patient_id uuid, key text, is_chief boolean)`;
}

export const isIdentifierTaken = (error: unknown) =>
  error instanceof postgres.PostgresError && error.code === "23505" &&
  error.constraint_name === "patient_identifiers_pkey";

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Patient | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from patients p
    where p.organization_id = ${organizationId} and p.id = ${id}`;
  return row && toPatient(row);
}

/** Whoever else wants to change the patient waits until the transaction ends. */
export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Patient | undefined> {
  await db`
    select id from patients where organization_id = ${organizationId} and id = ${id}
    for no key update`;
  return await find(db, organizationId, id);
}

export async function findMany(
  db: Db,
  organizationId: string,
  ids: string[],
): Promise<Patient[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from patients p
    where p.organization_id = ${organizationId} and p.id = any(${ids}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.id, toPatient(row)]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** Those who are active, newest first, from the one before `before` on. */
export async function list(
  db: Db,
  organizationId: string,
  before: string | undefined,
  limit: number,
): Promise<Patient[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from patients p
    where p.organization_id = ${organizationId} and p.status = 'active'
      and not p.is_confidential
      ${before === undefined ? db`` : db`and p.id < ${before}`}
    order by p.id desc limit ${limit}`;
  return rows.map(toPatient);
}

/** Confidential patients as well: who knows the number knows the patient. */
export async function findByIdentifier(
  db: Db,
  organizationId: string,
  { system, value }: { system: string | undefined; value: string },
  limit: number,
): Promise<Patient[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from patients p
    where p.organization_id = ${organizationId} and p.id in (
      select patient_id from patient_identifiers
      where organization_id = ${organizationId} and value = ${value}
        ${system === undefined ? db`` : db`and system = ${system}`}
      limit ${limit})
    order by p.id`;
  return rows.map(toPatient);
}

export type Hit = { patientId: string; rank: number };

/** Those of the transaction's organization whose name fits, best first. */
export async function search(
  db: Db,
  { q, words, birthDate }: { q: string | null; words: string[]; birthDate: string | null },
  most: number,
): Promise<Hit[]> {
  return await db<Hit[]>`
    select patient_id, rank from search_patients(
      ${q}::text, ${words}::text[], ${birthDate}::text, ${most})
    order by rank desc, patient_id`;
}
