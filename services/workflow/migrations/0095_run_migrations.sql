-- Runs under way that are to become runs of another version: an order that is worked off run by
-- run, each in a transaction of its own with the count of it, by whoever holds the lease.
create table run_migrations (
  id uuid primary key,
  organization_id uuid not null,
  key text not null,
  from_version int not null,
  to_version int not null,
  from_definition_id uuid not null references definitions (id),
  to_definition_id uuid not null references definitions (id),
  -- The old place of a step and the new one, where they differ.
  map jsonb not null,
  status text not null default 'running' check (status in ('running', 'completed', 'cancelled')),
  -- Runs under way when it was ordered.
  total int not null,
  moved int not null default 0,
  left_behind int not null default 0,
  -- The last run that was looked at: runs are taken in the order of their ids.
  after_run_id uuid,
  leased_until timestamptz,
  fence bigint not null default 0,
  created_by uuid not null,
  request_id text not null,
  created_at timestamptz not null,
  ended_at timestamptz,
  check ((status = 'running') = (ended_at is null))
);
create unique index run_migrations_one on run_migrations (organization_id, from_definition_id)
  where status = 'running';
create index run_migrations_newest on run_migrations (organization_id, id desc);
create index run_migrations_open on run_migrations (created_at) where status = 'running';

-- Runs that stay where they are, and why.
create table run_migration_leftovers (
  migration_id uuid not null references run_migrations (id),
  run_id uuid not null references runs (id),
  organization_id uuid not null,
  reason text not null check (reason in ('no-place', 'busy', 'error')),
  -- Places of its steps that the new version does not have.
  nodes text[] not null,
  at timestamptz not null,
  primary key (migration_id, run_id)
);

create index runs_of_definition on runs (organization_id, definition_id, id)
  where status in ('running', 'suspended', 'failed');

grant select, insert,
  update (status, moved, left_behind, after_run_id, leased_until, fence, ended_at)
  on run_migrations to praxis_app;
grant select, insert on run_migration_leftovers to praxis_app;
call isolate_by_organization('run_migrations');
call isolate_by_organization('run_migration_leftovers');
