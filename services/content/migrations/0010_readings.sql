-- What reading a version brought besides its words, and how often it was tried.
alter table document_versions
  add column attempts int not null default 0,
  add column attempted_at timestamptz,
  add column seen_patient jsonb,
  add column seen_title text,
  add column seen_author text,
  add column language text,
  add column structure jsonb;

create index document_versions_unread on document_versions (organization_id, kind)
  where status = 'processing';
create index document_versions_by_engine on document_versions (organization_id, engine, engine_version);

create table document_renditions (
  document_id uuid not null,
  version int not null,
  name text not null check (name in ('thumbnail', 'page-1', 'frame-1')),
  organization_id uuid not null,
  media_type text not null,
  width int not null check (width > 0),
  height int not null check (height > 0),
  bytes bytea not null check (octet_length(bytes) <= 524288),
  primary key (document_id, version, name),
  foreign key (document_id, version) references document_versions (document_id, version)
);
grant select, insert, delete on document_renditions to praxis_app;
call isolate_by_organization('document_renditions');

-- A document whose patient disagrees with the one it was filed for stands in nobody's chart until
-- a person has looked at it: null means that it is not in quarantine.
alter table documents
  add column quarantine_reasons text[] check (cardinality(quarantine_reasons) > 0),
  add column released_at timestamptz,
  add column released_by uuid;

-- Who a patient is, as far as content knows: learned from documents in the chart.
create table patient_identities (
  organization_id uuid not null,
  patient_id uuid not null,
  source_type text not null check (source_type in ('document', 'practice')),
  source_id uuid not null,
  identity jsonb not null,
  created_at timestamptz not null,
  primary key (organization_id, patient_id, source_type, source_id)
);
grant select, insert, update, delete on patient_identities to praxis_app;
call isolate_by_organization('patient_identities');

-- A chart search must not find what was put in quarantine after it was indexed.
grant update (patient_id) on document_search to praxis_app;
