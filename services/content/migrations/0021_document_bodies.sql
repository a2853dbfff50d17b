-- The bytes of versions so small that a file of their own would cost more than they weigh: messages
-- that come by the hundred. Every other version's bytes are a file in storage.
create table document_bodies (
  document_id uuid not null,
  version int not null,
  organization_id uuid not null,
  bytes bytea not null check (octet_length(bytes) between 1 and 65536),
  primary key (document_id, version),
  foreign key (document_id, version) references document_versions (document_id, version)
);
grant select, insert on document_bodies to praxis_app;
call isolate_by_organization('document_bodies');

-- Whether the other services have been told: of messages they are once these have been read.
alter table documents add column is_told boolean not null default true;

-- A document that was filed for a patient stands in the chart once its reader has seen whether it is
-- that patient's. Reading it again does not take it out.
alter table documents add column awaits_check boolean not null default false;

-- What was filed stays what it was: the service may only write down how its reading went.
revoke update on document_versions from praxis_app;
grant update (status, failure_reason, processed_at, text_status, engine, engine_version, attempts,
              attempted_at, seen_patient, seen_title, seen_author, language, structure)
  on document_versions to praxis_app;
