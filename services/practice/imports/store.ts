/** Where imports and their rows are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { Duplicate } from "../duplicates/model.ts";
import type { Identifier, PatientInput } from "../patients/model.ts";
import type { Import, ImportRow, RowStatus, StagedRow } from "./model.ts";

type Row = Omit<Import, "createdAt" | "finishedAt"> & {
  organizationId: string;
  createdAt: Date;
  finishedAt: Date | null;
};
export type StoredImport = Import & { organizationId: string };

const toImport = ({ createdAt, finishedAt, ...row }: Row): StoredImport => ({
  ...row,
  createdAt: createdAt.toISOString(),
  finishedAt: finishedAt?.toISOString() ?? null,
});

const columns = (db: Db) =>
  db`i.id, i.organization_id, i.format, i.status, i.is_dry_run, i.on_duplicate, i.sha256,
     i.not_held, i.created_at, i.created_by, i.finished_at,
     (select jsonb_build_object(
        'total', count(*),
        'staged', count(*) filter (where r.status = 'staged'),
        'registered', count(*) filter (where r.status = 'registered'),
        'known', count(*) filter (where r.status = 'known'),
        'duplicate', count(*) filter (where r.status = 'duplicate'),
        'broken', count(*) filter (where r.status = 'broken'),
        'possibleDuplicates', count(*) filter (where r.duplicates is not null))
      from import_rows r where r.import_id = i.id) as counts`;

type New =
  & Pick<
    Import,
    "id" | "format" | "isDryRun" | "onDuplicate" | "sha256" | "notHeld" | "createdBy"
  >
  & { organizationId: string };

export async function insert(db: Db, one: New, at: Date): Promise<void> {
  await db`
    insert into imports (id, organization_id, format, status, is_dry_run, on_duplicate, sha256,
                         not_held, created_at, created_by)
    values (${one.id}, ${one.organizationId}, ${one.format}, 'running', ${one.isDryRun},
            ${one.onDuplicate}, ${one.sha256}, ${db.json(one.notHeld as never)}, ${at},
            ${one.createdBy})`;
}

const ROWS_PER_INSERT = 2_000;

export async function insertRows(
  db: Db,
  { organizationId, importId }: { organizationId: string; importId: string },
  rows: StagedRow[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_PER_INSERT) {
    const part = rows.slice(at, at + ROWS_PER_INSERT);
    await db`
      insert into import_rows (organization_id, import_id, line, status, patient, errors)
      select ${organizationId}::uuid, ${importId}::uuid, line,
             case when errors is null then 'staged' else 'broken' end, patient, errors
      from jsonb_to_recordset(${db.json(part as never)}) as r(
        line int, patient jsonb, errors jsonb)`;
  }
}

export async function find(
  db: Db,
  organizationId: string,
  id: string,
): Promise<StoredImport | undefined> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from imports i
    where i.organization_id = ${organizationId} and i.id = ${id}`;
  return row && toImport(row);
}

/** Another worker on the same import waits until the transaction ends. */
export async function lock(
  db: Db,
  organizationId: string,
  id: string,
): Promise<Omit<StoredImport, "counts"> | undefined> {
  const [row] = await db<Row[]>`
    select i.id, i.organization_id, i.format, i.status, i.is_dry_run, i.on_duplicate, i.sha256,
           i.not_held, i.created_at, i.created_by, i.finished_at
    from imports i where i.organization_id = ${organizationId} and i.id = ${id}
    for update`;
  return row && toImport(row);
}

/** Newest first; `before` is the last id of the page before. */
export async function list(
  db: Db,
  organizationId: string,
  before: string | undefined,
  limit: number,
): Promise<Import[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from imports i
    where i.organization_id = ${organizationId}
      ${before === undefined ? db`` : db`and i.id < ${before}`}
    order by i.id desc limit ${limit}`;
  return rows.map(toImport);
}

export async function finish(db: Db, organizationId: string, id: string, at: Date): Promise<void> {
  await db`
    update imports set status = 'done', finished_at = ${at}
    where organization_id = ${organizationId} and id = ${id}`;
}

export async function listStaged(
  db: Db,
  { organizationId, importId }: { organizationId: string; importId: string },
  limit: number,
): Promise<{ line: number; patient: PatientInput }[]> {
  return await db<{ line: number; patient: PatientInput }[]>`
    select line, patient from import_rows
    where organization_id = ${organizationId} and import_id = ${importId} and status = 'staged'
    order by line limit ${limit}`;
}

/** Who already has one of the identifiers: by system and value as JSON. */
export async function findKnown(
  db: Db,
  organizationId: string,
  identifiers: Identifier[],
): Promise<Map<string, string>> {
  const rows = await db<{ system: string; value: string; patientId: string }[]>`
    select i.system, i.value, i.patient_id
    from patient_identifiers i
    join jsonb_to_recordset(${db.json(identifiers as never)}) as w(system text, value text)
      on i.system = w.system and i.value = w.value
    where i.organization_id = ${organizationId}`;
  return new Map(
    rows.map(({ system, value, patientId }) => [JSON.stringify([system, value]), patientId]),
  );
}

export type Outcome = {
  line: number;
  status: RowStatus;
  patientId: string | null;
  duplicates: Duplicate[] | null;
};

/** What became of rows; what they said is kept no longer. */
export async function settle(
  db: Db,
  { organizationId, importId }: { organizationId: string; importId: string },
  outcomes: Outcome[],
): Promise<void> {
  const rows = outcomes.map(({ patientId, ...one }) => ({ ...one, patient_id: patientId }));
  await db`
    update import_rows r set status = o.status, patient_id = o.patient_id,
      duplicates = o.duplicates, patient = null
    from jsonb_to_recordset(${db.json(rows as never)}) as o(
      line int, status text, patient_id uuid, duplicates jsonb)
    where r.organization_id = ${organizationId} and r.import_id = ${importId}
      and r.line = o.line`;
}

type Filter = { status: RowStatus | undefined; isDuplicate: boolean };

/** In the file's order; `after` is the last line of the page before. */
export async function listRows(
  db: Db,
  { organizationId, importId }: { organizationId: string; importId: string },
  { status, isDuplicate }: Filter,
  { after, limit }: { after: number; limit: number },
): Promise<ImportRow[]> {
  return await db<ImportRow[]>`
    select line, status, coalesce(errors, '[]') as errors, patient_id,
           coalesce(duplicates, '[]') as duplicates
    from import_rows
    where organization_id = ${organizationId} and import_id = ${importId} and line > ${after}
      ${status === undefined ? db`` : db`and status = ${status}`}
      ${isDuplicate ? db`and duplicates is not null` : db``}
    order by line limit ${limit}`;
}
