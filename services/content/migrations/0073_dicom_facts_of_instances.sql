-- What a file says of its study and series is kept with its instance, so that a chart is told only
-- what its own documents say: one row for all of them kept what the first file said, even where
-- that file lay in quarantine. `dicom_studies` and `dicom_series` stay only for instances of the
-- service that still write them.
-- contract: the release before writes series and study first, by the same pattern, so its instances hold
alter table dicom_instances
  drop constraint dicom_instances_organization_id_study_uid_series_uid_fkey,
  add constraint dicom_instances_uids_check
    check (study_uid ~ '^[0-9][0-9.]{0,63}$' and series_uid ~ '^[0-9][0-9.]{0,63}$'),
  add column study_date date,
  -- To sort by. A column, since `coalesce` counts as leaky: under row-level security no index takes it.
  add column study_day date not null
    generated always as (coalesce(study_date, date '1970-01-01')) stored,
  add column study_time time,
  add column study_description text,
  add column accession_number text,
  add column referring_physician text,
  add column modality text,
  add column series_number int,
  add column series_description text,
  add column body_part text;

-- Every instance's own words are in what was kept of its reading. Types were met when it was kept.
update dicom_instances i
set study_date = (v.structure->>'studyDate')::date,
    study_time = (v.structure->>'studyTime')::time,
    study_description = v.structure->>'studyDescription',
    accession_number = v.structure->>'accessionNumber',
    referring_physician = v.structure->>'referringPhysician',
    modality = v.structure->>'modality',
    series_number = case
      when (v.structure->>'seriesNumber')::numeric = trunc((v.structure->>'seriesNumber')::numeric)
        and abs((v.structure->>'seriesNumber')::numeric) < 2147483648
      then (v.structure->>'seriesNumber')::int end,
    series_description = v.structure->>'seriesDescription',
    body_part = v.structure->>'bodyPart'
from document_versions v
where v.document_id = i.document_id and v.version = i.version;

create index dicom_instances_newest_study
  on dicom_instances (organization_id, study_day desc, study_uid desc);
