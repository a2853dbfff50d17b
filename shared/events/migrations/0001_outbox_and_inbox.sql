-- Facts on their way out, written in the transaction of the change they tell of.
create table outbox_events (
  seq bigint generated always as identity primary key,
  id uuid not null unique,
  organization_id uuid not null,
  aggregate text not null,
  event jsonb not null,
  created_at timestamptz not null default now()
);

-- One row per event and subscriber. Events of one aggregate reach a subscriber in order.
create table outbox_deliveries (
  seq bigint not null references outbox_events (seq),
  subscriber text not null,
  organization_id uuid not null,
  aggregate text not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  attempts int not null default 0,
  due_at timestamptz not null default now(),
  leased_until timestamptz,
  last_error text,
  primary key (subscriber, seq)
);
create index outbox_deliveries_due on outbox_deliveries (due_at, seq) where state = 'pending';
create index outbox_deliveries_in_order on outbox_deliveries (subscriber, aggregate, seq)
  where state = 'pending';

-- Facts that have come in and were handled, so that the second copy does nothing.
create table inbox_events (
  organization_id uuid not null,
  source text not null,
  id uuid not null,
  type text not null,
  handled_at timestamptz not null default now(),
  primary key (source, id)
);

grant select, insert on outbox_events to praxis_app;
grant select, insert, update on outbox_deliveries to praxis_app;
grant usage on sequence outbox_events_seq_seq to praxis_app;
grant select, insert on inbox_events to praxis_app;
call isolate_by_organization('outbox_events');
call isolate_by_organization('outbox_deliveries');
call isolate_by_organization('inbox_events');
