-- Runs of definitions. A step is worked by whoever holds its lease; `fence` grows with each claim
-- and `revision` of the run with each commit, so that one who was thought dead writes nothing.
create table runs (
  id uuid primary key,
  organization_id uuid not null,
  definition_id uuid not null references definitions (id),
  key text not null,
  version int not null,
  status text not null default 'running' check (status in (
    'running', 'suspended', 'compensating', 'completed', 'compensated', 'compensation_failed',
    'cancelled', 'failed'
  )),
  is_shadow boolean not null default false,
  state jsonb not null,
  output jsonb,
  reason text,
  subject_type text,
  subject_id text,
  patient_id uuid,
  -- The step of another run that waits for this one.
  parent_step_id uuid,
  started_by_kind text not null,
  started_by_id text not null,
  request_id text not null,
  -- Whoever starts it again with the same key has started it once.
  start_key text not null,
  -- How many runs and events led to it: a circle of definitions is cut.
  depth int not null default 0,
  revision bigint not null default 0,
  created_at timestamptz not null,
  ended_at timestamptz,
  unique (organization_id, key, start_key)
);
create index runs_newest on runs (organization_id, id desc);
create index runs_by_status on runs (organization_id, status, id desc);
create index runs_by_patient on runs (organization_id, patient_id, id desc)
  where patient_id is not null;
create index runs_by_parent on runs (organization_id, parent_step_id)
  where parent_step_id is not null;

create table run_steps (
  id uuid primary key,
  run_id uuid not null references runs (id),
  organization_id uuid not null,
  parent_id uuid,
  node text not null,
  visit int not null,
  kind text not null,
  state text not null check (state in (
    'ready', 'waiting', 'done', 'skipped', 'failed', 'cancelled', 'quarantined'
  )),
  is_undo boolean not null default false,
  -- The run stands still: nobody takes the step up.
  is_held boolean not null default false,
  is_begun boolean not null default false,
  due_at timestamptz,
  leased_until timestamptz,
  fence bigint not null default 0,
  attempts int not null default 0,
  crashes int not null default 0,
  event_types text[] not null default '{}',
  event_subject text,
  input jsonb,
  data jsonb not null default '{}',
  output jsonb,
  error jsonb,
  begun_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (run_id, node, visit, is_undo)
);
create index run_steps_due on run_steps (organization_id, due_at)
  where state in ('ready', 'waiting') and due_at is not null and not is_held;
create index run_steps_of on run_steps (run_id, id);
create index run_steps_listening on run_steps (organization_id, event_subject)
  where state = 'waiting' and kind = 'listen';

-- What has woken a waiting step and is not taken in yet.
create table run_signals (
  step_id uuid not null references run_steps (id),
  id text not null,
  organization_id uuid not null,
  kind text not null check (kind in ('event', 'task', 'run')),
  payload jsonb,
  at timestamptz not null default clock_timestamp(),
  primary key (step_id, id)
);

-- What happened, in words: only ever added to.
create table run_history (
  seq bigint generated always as identity primary key,
  run_id uuid not null references runs (id),
  organization_id uuid not null,
  at timestamptz not null,
  step_id uuid,
  node text,
  event text not null,
  detail text,
  late_ms bigint,
  actor_id text
);
create index run_history_of on run_history (run_id, seq);

-- Facts that may start or wake runs. They are kept for a while: a wait may begin after its event.
create table run_events (
  organization_id uuid not null,
  source text not null,
  id text not null,
  type text not null,
  subject text not null,
  data jsonb,
  time timestamptz not null,
  request_id text,
  depth int not null default 0,
  received_at timestamptz not null default now(),
  is_new boolean not null default true,
  leased_until timestamptz,
  primary key (organization_id, source, id)
);
create index run_events_new on run_events (received_at) where is_new;
create index run_events_kept on run_events (organization_id, type, received_at);

grant select, insert,
  update (definition_id, version, status, state, output, reason, revision, ended_at, patient_id)
  on runs to praxis_app;
grant select, insert,
  update (node, state, is_held, is_begun, due_at, leased_until, fence, attempts, crashes,
          event_types, event_subject, data, output, error, ended_at) on run_steps to praxis_app;
grant select, insert, delete on run_signals to praxis_app;
grant select, insert on run_history to praxis_app;
grant usage on sequence run_history_seq_seq to praxis_app;
grant select, insert, update (is_new, leased_until), delete on run_events to praxis_app;
call isolate_by_organization('runs');
call isolate_by_organization('run_steps');
call isolate_by_organization('run_signals');
call isolate_by_organization('run_history');
call isolate_by_organization('run_events');
