/** Where studies, series and instances are kept. */
import type { Db } from "@praxis/shared/postgres";
import type { DicomSeries, DicomStudy, DicomSummary } from "./model.ts";

export type DocumentKey = { organizationId: string; documentId: string; version: number };
export type Identified = DicomSummary & {
  studyInstanceUid: string;
  seriesInstanceUid: string;
  sopInstanceUid: string;
};

/** Whole numbers that Postgres' `int` holds. */
const int = (value: number | undefined) =>
  value !== undefined && Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? value : null;
const text = (value: string | undefined) => value ?? null;

/** The first file of a study or series says what is known of it. */
export async function insertInstance(
  db: Db,
  { organizationId, documentId, version }: DocumentKey,
  summary: Identified,
  at: Date,
): Promise<void> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, picture } = summary;
  await db`
    insert into dicom_studies
      (organization_id, study_uid, study_date, study_time, description, accession_number,
       referring_physician, created_at)
    values (${organizationId}, ${studyInstanceUid}, ${text(summary.studyDate)},
            ${text(summary.studyTime)}, ${text(summary.studyDescription)},
            ${text(summary.accessionNumber)}, ${text(summary.referringPhysician)}, ${at})
    on conflict do nothing`;
  await db`
    insert into dicom_series
      (organization_id, series_uid, study_uid, modality, number, description, body_part)
    values (${organizationId}, ${seriesInstanceUid}, ${studyInstanceUid},
            ${text(summary.modality)}, ${int(summary.seriesNumber)},
            ${text(summary.seriesDescription)}, ${text(summary.bodyPart)})
    on conflict do nothing`;
  await db`
    insert into dicom_instances
      (organization_id, document_id, version, study_uid, series_uid, sop_uid, sop_class_uid,
       transfer_syntax, number, rows, columns, frames, is_decodable)
    values (${organizationId}, ${documentId}, ${version}, ${studyInstanceUid},
            ${seriesInstanceUid}, ${sopInstanceUid}, ${text(summary.sopClassUid)},
            ${summary.transferSyntax ?? ""}, ${int(summary.instanceNumber)},
            ${int(picture?.rows)}, ${int(picture?.columns)}, ${int(picture?.frames)},
            ${picture?.isDecodable ?? false})`;
}

export async function removeInstance(
  db: Db,
  { organizationId, documentId, version }: DocumentKey,
): Promise<void> {
  await db`
    delete from dicom_instances where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId}`;
}

/** What of a study is in a chart: of current versions, and none in quarantine. */
const shown = (db: Db, organizationId: string, patientId: string | undefined) =>
  db`
    select i.study_uid, count(distinct i.series_uid)::int as series_count,
           count(*)::int as instance_count,
           coalesce(array_agg(distinct e.modality) filter (where e.modality is not null), '{}')
             as modalities
    from dicom_instances i
    join documents d on d.id = i.document_id and d.version = i.version
    join dicom_series e on e.organization_id = i.organization_id and e.study_uid = i.study_uid
      and e.series_uid = i.series_uid
    where i.organization_id = ${organizationId} and d.organization_id = ${organizationId}
      and d.quarantine_reasons is null
      ${patientId === undefined ? db`` : db`and d.patient_id = ${patientId} and not d.awaits_check`}
    group by i.study_uid`;

const columns = (db: Db) =>
  db`s.study_uid as study_instance_uid, s.study_date::text as study_date,
     s.study_time::text as study_time, s.description, s.accession_number, s.referring_physician,
     c.modalities, c.series_count, c.instance_count`;

export type Before = { date: string; uid: string };

/** Newest first; a study without a date is the oldest. */
export async function listStudies(
  db: Db,
  organizationId: string,
  patientId: string | undefined,
  before: Before | undefined,
  limit: number,
): Promise<DicomStudy[]> {
  return await db<DicomStudy[]>`
    select ${columns(db)}
    from dicom_studies s join (${shown(db, organizationId, patientId)}) c using (study_uid)
    where s.organization_id = ${organizationId}
      ${
    before === undefined
      ? db``
      : db`and (coalesce(s.study_date, 'epoch'), s.study_uid) < (${before.date}::date, ${before.uid})`
  }
    order by coalesce(s.study_date, 'epoch') desc, s.study_uid desc limit ${limit}`;
}

export async function findStudy(
  db: Db,
  organizationId: string,
  studyUid: string,
): Promise<DicomStudy | undefined> {
  const [row] = await db<DicomStudy[]>`
    select ${columns(db)}
    from dicom_studies s join (${shown(db, organizationId, undefined)}) c using (study_uid)
    where s.organization_id = ${organizationId} and s.study_uid = ${studyUid}`;
  return row;
}

type InstanceRow = DicomSeries["instances"][number] & Omit<DicomSeries, "instances" | "number"> & {
  seriesNumber: number | null;
};

/** In the order of their numbers, at most `limit` instances in all. */
export async function listSeries(
  db: Db,
  organizationId: string,
  studyUid: string,
  limit: number,
): Promise<DicomSeries[]> {
  const rows = await db<InstanceRow[]>`
    select e.series_uid as series_instance_uid, e.modality, e.number as series_number,
           e.description, e.body_part, i.sop_uid as sop_instance_uid, i.document_id,
           i.sop_class_uid, i.transfer_syntax, i.number, i.rows, i.columns, i.frames,
           i.is_decodable
    from dicom_instances i
    join documents d on d.id = i.document_id and d.version = i.version
    join dicom_series e on e.organization_id = i.organization_id and e.study_uid = i.study_uid
      and e.series_uid = i.series_uid
    where i.organization_id = ${organizationId} and i.study_uid = ${studyUid}
      and d.organization_id = ${organizationId} and d.quarantine_reasons is null
    order by e.number nulls last, e.series_uid, i.number nulls last, i.sop_uid, i.document_id
    limit ${limit}`;
  const series = new Map<string, DicomSeries>();
  for (const row of rows) {
    const { seriesInstanceUid, modality, seriesNumber, description, bodyPart, ...instance } = row;
    const of = series.get(seriesInstanceUid) ??
      { seriesInstanceUid, modality, number: seriesNumber, description, bodyPart, instances: [] };
    of.instances.push(instance);
    series.set(seriesInstanceUid, of);
  }
  return [...series.values()];
}
