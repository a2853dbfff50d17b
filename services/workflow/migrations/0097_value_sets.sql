-- Codes that a clinic has brought along: expansions of FHIR ValueSets, and CodeSystems.
create table value_sets (
  id uuid primary key,
  organization_id uuid not null,
  url text not null,
  version text,
  title text not null,
  kind text not null check (kind in ('ValueSet', 'CodeSystem')),
  codes int not null,
  sha256 text not null,
  created_by uuid not null,
  created_at timestamptz not null,
  retired_at timestamptz
);
create unique index value_sets_in_force on value_sets (organization_id, url)
  where retired_at is null;
create index value_sets_newest on value_sets (organization_id, id desc);

create table value_set_codes (
  value_set_id uuid not null references value_sets (id),
  organization_id uuid not null,
  system text not null,
  code text not null,
  display text not null,
  -- How people write it, in small letters; its display is one of them.
  words text[] not null,
  primary key (value_set_id, system, code)
);
grant select, insert, update (retired_at) on value_sets to praxis_app;
grant select, insert on value_set_codes to praxis_app;
call isolate_by_organization('value_sets');
call isolate_by_organization('value_set_codes');
