-- Studies, series and instances as the DICOM files name them. Whose chart a study stands in is said
-- by its documents: a study has no patient of its own.
create table dicom_studies (
  organization_id uuid not null,
  study_uid text not null check (study_uid ~ '^[0-9][0-9.]{0,63}$'),
  study_date date,
  study_time time,
  description text,
  accession_number text,
  referring_physician text,
  created_at timestamptz not null,
  primary key (organization_id, study_uid)
);
create index dicom_studies_newest
  on dicom_studies (organization_id, (coalesce(study_date, 'epoch')) desc, study_uid desc);

create table dicom_series (
  organization_id uuid not null,
  series_uid text not null check (series_uid ~ '^[0-9][0-9.]{0,63}$'),
  study_uid text not null,
  modality text,
  number int,
  description text,
  body_part text,
  primary key (organization_id, study_uid, series_uid),
  foreign key (organization_id, study_uid) references dicom_studies (organization_id, study_uid)
);

-- The same instance may have been filed more than once: each document is one row.
create table dicom_instances (
  organization_id uuid not null,
  document_id uuid not null,
  version int not null,
  study_uid text not null,
  series_uid text not null,
  sop_uid text not null check (sop_uid ~ '^[0-9][0-9.]{0,63}$'),
  sop_class_uid text,
  transfer_syntax text not null,
  number int,
  rows int,
  columns int,
  frames int,
  is_decodable boolean not null,
  primary key (document_id, version),
  foreign key (document_id, version) references document_versions (document_id, version),
  foreign key (organization_id, study_uid, series_uid)
    references dicom_series (organization_id, study_uid, series_uid)
);
create index dicom_instances_of_series on dicom_instances (organization_id, study_uid, series_uid);
create index dicom_instances_by_uid on dicom_instances (organization_id, sop_uid);

grant select, insert on dicom_studies, dicom_series to praxis_app;
grant select, insert, delete on dicom_instances to praxis_app;
call isolate_by_organization('dicom_studies');
call isolate_by_organization('dicom_series');
call isolate_by_organization('dicom_instances');
