-- Undertakings across services that end done or undone. A row is worked by whoever holds its lease;
-- `fence` grows with each claim, so that one who was thought dead writes nothing any more.
create table sagas (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  -- Of the definition: what is under way goes on as it began.
  definition_version int not null,
  state text not null default 'running'
    check (state in ('running', 'compensating', 'completed', 'compensated', 'stuck', 'abandoned')),
  input jsonb not null,
  -- Why it turned back or is stuck.
  reason text,
  started_by_kind text not null,
  started_by_id text not null,
  request_id text not null,
  idempotency_key text not null,
  created_at timestamptz not null default now(),
  deadline_at timestamptz not null,
  ended_at timestamptz,
  due_at timestamptz not null default now(),
  leased_until timestamptz,
  fence bigint not null default 0,
  unique (organization_id, name, idempotency_key),
  check ((state in ('completed', 'compensated', 'abandoned')) = (ended_at is not null))
);
create index sagas_newest on sagas (organization_id, id desc);
create index sagas_due on sagas (organization_id, due_at) where state in ('running', 'compensating');

create table saga_steps (
  saga_id uuid not null references sagas (id),
  position int not null,
  organization_id uuid not null,
  name text not null,
  state text not null default 'waiting' check (state in (
    'waiting', 'running', 'done', 'refused', 'unknown', 'undoing', 'undone', 'undo_failed', 'skipped'
  )),
  -- Answers that said nothing certain, in the direction that is under way.
  attempts int not null default 0,
  -- Ends of the process in the midst of the step: no failed attempts.
  crashes int not null default 0,
  result jsonb,
  primary key (saga_id, position)
);

-- What happened, in words: only ever added to.
create table saga_history (
  seq bigint generated always as identity primary key,
  saga_id uuid not null references sagas (id),
  organization_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  step text,
  event text not null,
  detail text,
  actor_id text
);
create index saga_history_of on saga_history (saga_id, seq);

grant select, insert,
  update (state, reason, deadline_at, ended_at, due_at, leased_until, fence) on sagas to praxis_app;
grant select, insert, update (state, attempts, crashes, result) on saga_steps to praxis_app;
grant select, insert on saga_history to praxis_app;
grant usage on sequence saga_history_seq_seq to praxis_app;
call isolate_by_organization('sagas');
call isolate_by_organization('saga_steps');
call isolate_by_organization('saga_history');
