-- What a clinic has switched on or off; where nothing is said, the registry's default holds.
create table stance_switches (
  organization_id uuid not null,
  feature text not null,
  -- ISO 3166-1; empty: wherever the clinic works.
  country text not null default '' check (country ~ '^([A-Z]{2})?$'),
  is_on boolean not null,
  reason text not null,
  switched_by uuid not null,
  switched_at timestamptz not null,
  primary key (organization_id, feature, country)
);
-- Where a clinic says that it works.
create table stance_countries (
  organization_id uuid primary key,
  country text not null check (country ~ '^[A-Z]{2}$')
);
grant select, insert, update on stance_switches, stance_countries to praxis_app;
call isolate_by_organization('stance_switches');
call isolate_by_organization('stance_countries');
