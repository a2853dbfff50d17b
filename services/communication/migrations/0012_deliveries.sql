-- What was asked to be said, to whom it goes on which channel, and every try at saying it.
create table messages (
  id uuid primary key,
  organization_id uuid not null,
  category text not null,
  template text not null,
  -- The variables; AES-256-GCM.
  sealed_data bytea not null,
  subject_type text,
  subject_id text,
  dedupe_key text,
  expires_at timestamptz not null,
  created_by text not null,
  request_id text,
  created_at timestamptz not null,
  cancelled_at timestamptz,
  unique (organization_id, dedupe_key)
);
create index messages_by_subject on messages (organization_id, subject_type, subject_id);
create index messages_newest on messages (organization_id, id desc);
grant select, insert, update (cancelled_at) on messages to praxis_app;
call isolate_by_organization('messages');

create table deliveries (
  id uuid primary key,
  organization_id uuid not null,
  message_id uuid not null references messages (id),
  recipient_id uuid not null,
  -- The patient a guardian is told about.
  on_behalf_of uuid,
  channel text not null,
  -- Tried in this order when this one comes to nothing.
  next_channels text[] not null default '{}',
  state text not null check (state in ('queued', 'deferred', 'sending', 'accepted', 'sent',
    'delivered', 'suppressed', 'expired', 'cancelled', 'bounced', 'failed', 'unknown', 'held')),
  reason text,
  due_at timestamptz not null,
  -- While `sending`: after it the worker counts as dead. While `unknown`: when to settle it.
  leased_until timestamptz,
  attempts int not null default 0,
  account_id uuid,
  provider_message_id text,
  address_hash text,
  template_version int,
  level smallint,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index deliveries_due on deliveries (organization_id, due_at, id)
  where state in ('queued', 'deferred');
create index deliveries_leased on deliveries (leased_until) where state in ('sending', 'unknown');
create index deliveries_by_message on deliveries (message_id);
create index deliveries_newest on deliveries (organization_id, id desc);
create index deliveries_by_address on deliveries (organization_id, address_hash, updated_at)
  where address_hash is not null;
create index deliveries_by_provider_id on deliveries (provider_message_id)
  where provider_message_id is not null;
grant select, insert, update on deliveries to praxis_app;
call isolate_by_organization('deliveries');

-- Written and committed before the provider is called, so that no call can be forgotten.
create table delivery_attempts (
  delivery_id uuid not null references deliveries (id),
  n int not null,
  organization_id uuid not null,
  account_id uuid not null,
  provider text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  -- Null while it is under way, or when the worker died.
  outcome text check (outcome in ('accepted', 'permanent', 'config', 'transient', 'ambiguous')),
  detail text,
  -- How an ambiguous outcome was settled.
  settled text check (settled in ('accepted', 'not_accepted', 'repeated', 'resent', 'held')),
  provider_message_id text,
  primary key (delivery_id, n)
);
create index delivery_attempts_by_account on delivery_attempts (account_id, started_at);
grant select, insert, update on delivery_attempts to praxis_app;
call isolate_by_organization('delivery_attempts');

-- What providers told us, each once.
create table provider_events (
  organization_id uuid not null,
  account_id uuid not null,
  event_id text not null,
  delivery_id uuid,
  type text not null,
  at timestamptz not null,
  received_at timestamptz not null,
  primary key (account_id, event_id)
);
create index provider_events_by_delivery on provider_events (delivery_id);
grant select, insert on provider_events to praxis_app;
call isolate_by_organization('provider_events');

-- What people wrote back. Words that are no command wait here for somebody to read them.
create table replies (
  id uuid primary key,
  organization_id uuid not null,
  account_id uuid not null,
  address_hash text not null,
  kind text not null,
  sealed_text bytea not null,
  delivery_id uuid,
  received_at timestamptz not null
);
grant select, insert on replies to praxis_app;
call isolate_by_organization('replies');
