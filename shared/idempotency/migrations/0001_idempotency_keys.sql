-- Answers already given to creating POSTs, by the caller's Idempotency-Key.
create table idempotency_keys (
  organization_id uuid not null,
  actor_id text not null,
  route text not null,
  key text not null,
  fingerprint text not null,
  answer jsonb,
  created_at timestamptz not null default now(),
  primary key (organization_id, actor_id, route, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);
grant select, insert, update, delete on idempotency_keys to praxis_app;
call isolate_by_organization('idempotency_keys');
