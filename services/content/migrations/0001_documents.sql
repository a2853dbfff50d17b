-- What a clinic files. A document is what people speak of; its versions hold the bytes' facts and
-- are never taken away. The bytes themselves lie in storage, under their SHA-256.
create table documents (
  id uuid primary key,
  organization_id uuid not null,
  version int not null check (version >= 1),
  title text not null,
  category text,
  patient_id uuid,
  tags text[] not null default '{}',
  created_at timestamptz not null,
  created_by uuid not null
);
create index documents_newest on documents (organization_id, created_at desc, id desc);
create index documents_of_patient on documents (organization_id, patient_id, created_at desc, id desc);

create table document_versions (
  document_id uuid not null references documents (id),
  version int not null check (version >= 1),
  organization_id uuid not null,
  file_name text not null,
  media_type text not null,
  size bigint not null check (size > 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  kind text not null
    check (kind in ('hl7v2', 'dicom', 'ccda', 'fhir', 'pdf', 'image', 'text', 'other')),
  status text not null default 'processing' check (status in ('processing', 'ready', 'failed')),
  failure_reason text,
  text_status text not null default 'none' check (text_status in ('extracted', 'none')),
  -- Which program, in which version, read the file.
  engine text,
  engine_version text,
  created_at timestamptz not null,
  created_by uuid not null,
  processed_at timestamptz,
  primary key (document_id, version),
  check ((status = 'failed') = (failure_reason is not null)),
  check ((status = 'processing') = (processed_at is null))
);
create index document_versions_by_content on document_versions (organization_id, sha256);

create table document_texts (
  document_id uuid not null,
  version int not null,
  organization_id uuid not null,
  text text not null,
  primary key (document_id, version),
  foreign key (document_id, version) references document_versions (document_id, version)
);

grant select, insert, update on documents, document_versions to praxis_app;
grant select, insert, update on document_texts to praxis_app;
call isolate_by_organization('documents');
call isolate_by_organization('document_versions');
call isolate_by_organization('document_texts');
