-- Where an organization's own systems are told of deliveries and replies (Standard Webhooks).
create table webhook_endpoints (
  id uuid primary key,
  organization_id uuid not null,
  url text not null,
  event_types text[] not null,
  sealed_secret bytea not null,
  -- After a rotation both sign, until then.
  sealed_previous_secret bytea,
  previous_until timestamptz,
  is_enabled boolean not null default true,
  created_at timestamptz not null
);
grant select, insert, update, delete on webhook_endpoints to praxis_app;
call isolate_by_organization('webhook_endpoints');

create table webhook_deliveries (
  id uuid primary key,
  organization_id uuid not null,
  endpoint_id uuid not null references webhook_endpoints (id) on delete cascade,
  -- The same for every endpoint and every repetition.
  event_id uuid not null,
  type text not null,
  payload text not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempts int not null default 0,
  due_at timestamptz not null,
  leased_until timestamptz,
  last_status text,
  created_at timestamptz not null
);
create index webhook_deliveries_due on webhook_deliveries (due_at) where state = 'pending';
create index webhook_deliveries_newest on webhook_deliveries (organization_id, id desc);
grant select, insert, update on webhook_deliveries to praxis_app;
call isolate_by_organization('webhook_deliveries');
