-- Messages of a batch that somebody had sent before: they stay in the file as it came, and become
-- no rows a second time.
create table hl7_repetitions (
  organization_id uuid not null,
  document_id uuid not null,
  version int not null,
  -- Place in the file, from 1.
  place int not null,
  primary key (document_id, version, place),
  foreign key (document_id, version) references document_versions (document_id, version)
    deferrable initially deferred
);
grant select, insert on hl7_repetitions to praxis_app;
call isolate_by_organization('hl7_repetitions');
