/**
 * Where instances are kept. A study or series is what those of its instances say that are shown:
 * none that lies in quarantine, and none of another chart, has a word in it.
 */
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

/** With what the file says of its study and series: another file of them may say something else. */
export async function insertInstance(
  db: Db,
  { organizationId, documentId, version }: DocumentKey,
  summary: Identified,
): Promise<void> {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, picture } = summary;
  await db`
    insert into dicom_instances
      (organization_id, document_id, version, study_uid, series_uid, sop_uid, sop_class_uid,
       transfer_syntax, number, rows, columns, frames, is_decodable, study_date, study_time,
       study_description, accession_number, referring_physician, modality, series_number,
       series_description, body_part)
    values (${organizationId}, ${documentId}, ${version}, ${studyInstanceUid},
            ${seriesInstanceUid}, ${sopInstanceUid}, ${text(summary.sopClassUid)},
            ${summary.transferSyntax ?? ""}, ${int(summary.instanceNumber)},
            ${int(picture?.rows)}, ${int(picture?.columns)}, ${int(picture?.frames)},
            ${picture?.isDecodable ?? false}, ${text(summary.studyDate)},
            ${text(summary.studyTime)}, ${text(summary.studyDescription)},
            ${text(summary.accessionNumber)}, ${text(summary.referringPhysician)},
            ${text(summary.modality)}, ${int(summary.seriesNumber)},
            ${text(summary.seriesDescription)}, ${text(summary.bodyPart)})`;
}

export async function removeInstance(
  db: Db,
  { organizationId, documentId, version }: DocumentKey,
): Promise<void> {
  await db`
    delete from dicom_instances where document_id = ${documentId} and version = ${version}
      and organization_id = ${organizationId}`;
}

/** Instances of current versions, none of them in quarantine; of one chart, if it is asked for. */
const shown = (db: Db, organizationId: string, patientId: string | undefined) =>
  db`
    dicom_instances i join documents d on d.id = i.document_id and d.version = i.version
    where i.organization_id = ${organizationId} and d.organization_id = ${organizationId}
      and d.quarantine_reasons is null
      ${
    patientId === undefined ? db`` : db`and d.patient_id = ${patientId} and not d.awaits_check`
  }`;

/** What the instances shown say in this column: the one that was filed last and says anything. */
const last = (db: Db, column: string) =>
  db`(array_agg(i.${db(column)} order by i.document_id desc)
       filter (where i.${db(column)} is not null))[1]`;

const studyColumns = (db: Db) =>
  db`max(i.study_date)::text as study_date, ${last(db, "study_time")}::text as study_time,
     ${last(db, "study_description")} as description,
     ${last(db, "accession_number")} as accession_number,
     ${last(db, "referring_physician")} as referring_physician,
     coalesce(array_agg(distinct i.modality) filter (where i.modality is not null), '{}')
       as modalities,
     count(distinct i.series_uid)::int as series_count, count(*)::int as instance_count`;

export type Before = { date: string; uid: string };

/** A chart's own studies: as many rows are read as it has instances. */
const studiesOfChart = (
  db: Db,
  organizationId: string,
  patientId: string,
  before: Before | undefined,
) =>
  db`
    select max(i.study_day) as day, i.study_uid
    from ${shown(db, organizationId, patientId)}
    group by i.study_uid
    ${
    before === undefined
      ? db``
      : db`having (max(i.study_day), i.study_uid) < (${before.date}::date, ${before.uid})`
  }`;

/**
 * Everybody's studies, from one to the next along the index: hardly more rows are read than there
 * are studies on the page. A study of several days is met on its last.
 */
const studiesOfAll = (db: Db, organizationId: string, before: Before | undefined) => {
  const next = (condition: ReturnType<typeof shown>) =>
    db`
      select i.study_day as day, i.study_uid
      from ${shown(db, organizationId, undefined)} ${condition}
        and not exists (
          select from dicom_instances o join documents d
            on d.id = o.document_id and d.version = o.version
          where o.organization_id = ${organizationId} and d.organization_id = ${organizationId}
            and d.quarantine_reasons is null and o.study_uid = i.study_uid
            and o.study_day > i.study_day)
      order by i.study_day desc, i.study_uid desc limit 1`;
  const first = before === undefined
    ? db``
    : db`and (i.study_day, i.study_uid) < (${before.date}::date, ${before.uid})`;
  return db`
    with recursive study as (
      (${next(first)})
      union all
      select n.day, n.study_uid from study s cross join lateral
        (${next(db`and (i.study_day, i.study_uid) < (s.day, s.study_uid)`)}) n
    )
    select day, study_uid from study`;
};

/** Newest first; a study without a date is the oldest. */
export async function listStudies(
  db: Db,
  organizationId: string,
  patientId: string | undefined,
  before: Before | undefined,
  limit: number,
): Promise<DicomStudy[]> {
  const [listed, order] = patientId === undefined
    // In their order already: to sort them would be to find all of them.
    ? [studiesOfAll(db, organizationId, before), db``]
    : [
      studiesOfChart(db, organizationId, patientId, before),
      db`order by day desc, study_uid desc`,
    ];
  return await db<DicomStudy[]>`
    select s.study_uid as study_instance_uid, f.study_date, f.study_time, f.description,
           f.accession_number, f.referring_physician, f.modalities, f.series_count,
           f.instance_count
    from (select l.day, l.study_uid from (${listed}) l ${order} limit ${limit}) s
    cross join lateral (
      select ${studyColumns(db)} from ${shown(db, organizationId, patientId)}
        and i.study_uid = s.study_uid
    ) f
    order by s.day desc, s.study_uid desc`;
}

/** As one chart has it, or all together. */
export async function findStudy(
  db: Db,
  organizationId: string,
  studyUid: string,
  patientId: string | undefined,
): Promise<DicomStudy | undefined> {
  const [row] = await db<DicomStudy[]>`
    select i.study_uid as study_instance_uid, ${studyColumns(db)}
    from ${shown(db, organizationId, patientId)} and i.study_uid = ${studyUid}
    group by i.study_uid`;
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
  patientId: string | undefined,
  limit: number,
): Promise<DicomSeries[]> {
  const rows = await db<InstanceRow[]>`
    with shown as (
      select i.series_uid, i.modality, i.series_number, i.series_description, i.body_part,
             i.sop_uid, i.document_id, i.sop_class_uid, i.transfer_syntax, i.number, i.rows,
             i.columns, i.frames, i.is_decodable
      from ${shown(db, organizationId, patientId)} and i.study_uid = ${studyUid}
    ), series as (
      select i.series_uid, ${last(db, "modality")} as modality,
             ${last(db, "series_number")} as number,
             ${last(db, "series_description")} as description, ${last(db, "body_part")} as body_part
      from shown i group by i.series_uid
    )
    select e.series_uid as series_instance_uid, e.modality, e.number as series_number,
           e.description, e.body_part, i.sop_uid as sop_instance_uid, i.document_id,
           i.sop_class_uid, i.transfer_syntax, i.number, i.rows, i.columns, i.frames,
           i.is_decodable
    from shown i join series e on e.series_uid = i.series_uid
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
