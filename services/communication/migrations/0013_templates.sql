-- An organization's own words. A version never changes; publishing moves a pointer.
create table templates (
  organization_id uuid not null,
  key text not null,
  category text not null,
  default_locale text not null,
  published_version int,
  created_at timestamptz not null,
  primary key (organization_id, key)
);
grant select, insert, update (published_version) on templates to praxis_app;
call isolate_by_organization('templates');

create table template_versions (
  organization_id uuid not null,
  key text not null,
  version int not null,
  level smallint not null check (level between 0 and 2),
  variables jsonb not null,
  bodies jsonb not null,
  author_id uuid not null,
  approved_by uuid,
  approved_at timestamptz,
  created_at timestamptz not null,
  primary key (organization_id, key, version),
  foreign key (organization_id, key) references templates (organization_id, key)
);
grant select, insert, update (approved_by, approved_at) on template_versions to praxis_app;
call isolate_by_organization('template_versions');
