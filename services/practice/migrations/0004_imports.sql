-- Patients on their way in from another system: staged as a whole, then registered in chunks.
create table imports (
  id uuid primary key,
  organization_id uuid not null,
  format text not null check (format in ('csv', 'fhir')),
  status text not null check (status in ('running', 'done')),
  is_dry_run boolean not null,
  on_duplicate text not null check (on_duplicate in ('register', 'skip')),
  sha256 text not null,
  -- What the file holds that is not taken over, and how often.
  not_held jsonb not null,
  created_at timestamptz not null,
  created_by uuid not null,
  finished_at timestamptz,
  unique (organization_id, id)
);
create index imports_newest on imports (organization_id, id desc);

create table import_rows (
  organization_id uuid not null,
  import_id uuid not null,
  -- The line of a CSV file, the place in a bundle.
  line int not null,
  status text not null check (
    status in ('staged', 'registered', 'known', 'duplicate', 'broken')),
  patient jsonb,
  errors jsonb,
  -- Who this row became, or was before.
  patient_id uuid,
  duplicates jsonb,
  primary key (import_id, line),
  foreign key (organization_id, import_id) references imports (organization_id, id)
);
create index import_rows_by_status on import_rows (import_id, status, line);

grant select, insert, update (status, finished_at) on imports to praxis_app;
grant select, insert, update (status, patient, patient_id, duplicates) on import_rows to praxis_app;
call isolate_by_organization('imports');
call isolate_by_organization('import_rows');
