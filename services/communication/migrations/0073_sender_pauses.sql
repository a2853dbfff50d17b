-- Letters that came back or were complained about, each once, by when they were sent: so that both
-- sides of a rate are of the same letters, however late somebody complains.
create table sender_incidents (
  delivery_id uuid not null references deliveries (id),
  kind text not null check (kind in ('bounce', 'complaint')),
  organization_id uuid not null,
  account_id uuid not null,
  sent_at timestamptz not null,
  primary key (delivery_id, kind)
);
create index sender_incidents_by_account on sender_incidents (organization_id, account_id, sent_at);
grant select, insert on sender_incidents to praxis_app;
call isolate_by_organization('sender_incidents');
create index delivery_attempts_by_sender
  on delivery_attempts (organization_id, account_id, started_at);

-- Accounts, also the platform's, that an organization sends no marketing by until somebody has looked.
create table sender_pauses (
  id uuid primary key,
  organization_id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('bounce', 'complaint')),
  incidents int not null,
  sent int not null,
  paused_at timestamptz not null,
  -- Until then it is to be said to those who manage providers.
  announced_at timestamptz,
  resumed_at timestamptz,
  resumed_by uuid
);
create unique index sender_pauses_open on sender_pauses (organization_id, account_id)
  where resumed_at is null;
create index sender_pauses_newest on sender_pauses (organization_id, account_id, resumed_at);
create index sender_pauses_unannounced on sender_pauses (paused_at) where announced_at is null;
grant select, insert, update (announced_at, resumed_at, resumed_by) on sender_pauses to praxis_app;
call isolate_by_organization('sender_pauses');
