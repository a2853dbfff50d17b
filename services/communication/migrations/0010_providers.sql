-- Accounts at providers, the order in which they are tried, and how they are doing.
create table provider_accounts (
  id uuid primary key,
  organization_id uuid not null,
  provider text not null,
  channel text not null,
  name text not null,
  settings jsonb not null,
  -- AES-256-GCM; written, never shown.
  sealed_secrets bytea not null,
  region text not null,
  has_agreement boolean not null,
  level_max smallint not null check (level_max between 0 and 2),
  rate_per_minute int not null check (rate_per_minute > 0),
  is_enabled boolean not null default true,
  version int not null default 1,
  created_at timestamptz not null,
  unique (organization_id, name)
);
grant select, insert, update on provider_accounts to praxis_app;
call isolate_by_organization('provider_accounts');

-- The most particular route of a channel wins: category and country, category, country, neither.
create table provider_routes (
  id uuid primary key,
  organization_id uuid not null,
  channel text not null,
  category text,
  country text,
  account_ids uuid[] not null,
  may_fail_over boolean not null default true,
  -- Null: any region.
  region text,
  unique nulls not distinct (organization_id, channel, category, country)
);
grant select, insert, update, delete on provider_routes to praxis_app;
call isolate_by_organization('provider_routes');

-- Accounts of the platform itself are shared: each organization sees its own health of them.
create table provider_health (
  organization_id uuid not null,
  account_id uuid not null,
  failures int not null default 0,
  accepted bigint not null default 0,
  failed bigint not null default 0,
  last_failure text,
  last_failure_at timestamptz,
  -- The breaker is open until then; the first attempt after it is a probe.
  open_until timestamptz,
  -- As a 429 asked.
  retry_at timestamptz,
  primary key (organization_id, account_id)
);
grant select, insert, update on provider_health to praxis_app;
call isolate_by_organization('provider_health');

create table kill_switches (
  organization_id uuid not null,
  scope text not null,
  reason text not null,
  set_by uuid not null,
  set_at timestamptz not null,
  primary key (organization_id, scope)
);
grant select, insert, update, delete on kill_switches to praxis_app;
call isolate_by_organization('kill_switches');
