-- What a clinic may spend on models of other companies, in tokens for each month.
create table assistance_budgets (
  organization_id uuid primary key,
  tokens_per_month bigint not null check (tokens_per_month between 0 and 1000000000),
  changed_by uuid not null,
  changed_at timestamptz not null
);
-- The row that every call of a month locks before it reserves.
create table assistance_usage (
  organization_id uuid not null,
  month date not null,
  used_tokens bigint not null default 0 check (used_tokens >= 0),
  primary key (organization_id, month)
);
-- Calls under way. One that was never settled may have been billed, and counts as spent.
create table assistance_reservations (
  id uuid primary key,
  organization_id uuid not null,
  month date not null,
  tokens bigint not null check (tokens > 0),
  expires_at timestamptz not null
);
create index assistance_reservations_of on assistance_reservations (organization_id, month);
grant select, insert, update on assistance_budgets, assistance_usage to praxis_app;
grant select, insert, delete on assistance_reservations to praxis_app;
call isolate_by_organization('assistance_budgets');
call isolate_by_organization('assistance_usage');
call isolate_by_organization('assistance_reservations');
