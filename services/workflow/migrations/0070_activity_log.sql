-- What has happened in runs, as one log: steps that were done, and what was told of them later.

-- Care that a run did not see when it happened: entered late, corrected, or taken back.
create table care_events (
  id uuid primary key,
  organization_id uuid not null,
  run_id uuid not null references runs (id),
  activity text not null,
  -- When it happened, and when we were told.
  at timestamptz not null,
  recorded_at timestamptz not null,
  data jsonb not null default '{}',
  -- The step or care event that this one stands instead of.
  corrects_id uuid,
  -- What it stands instead of has not happened at all.
  is_retraction boolean not null default false,
  reference text,
  note text,
  recorded_by uuid not null,
  check (not is_retraction or corrects_id is not null)
);
create index care_events_of on care_events (organization_id, run_id, at, id);
-- A thing is corrected once; whoever corrects it again corrects the correction.
create unique index care_events_correcting on care_events (organization_id, corrects_id)
  where corrects_id is not null;
grant select, insert on care_events to praxis_app;
call isolate_by_organization('care_events');

-- The last name of its place in the document, which may hold slashes itself.
alter table run_steps
  add column activity text generated always as (regexp_replace(node, '^.*/\d+/', '')) stored;
-- Everything that a map of activities needs, in the order in which it needs it.
create index run_steps_log on run_steps (organization_id, run_id, ended_at, id)
  include (activity, begun_at)
  where state = 'done' and not is_undo and kind in ('call', 'listen', 'emit', 'run', 'wait');
create index runs_by_key on runs (organization_id, key, created_at);

create view activity_log with (security_invoker) as
select s.organization_id, s.run_id, s.id as event_id, s.activity, s.begun_at, s.ended_at as at,
       s.ended_at as recorded_at, c.recorded_at as superseded_at, s.output as data,
       'step' as source
from run_steps s
left join care_events c on c.organization_id = s.organization_id and c.corrects_id = s.id
where s.state = 'done' and not s.is_undo and s.kind in ('call', 'listen', 'emit', 'run', 'wait')
union all
select e.organization_id, e.run_id, e.id, e.activity, e.at, e.at, e.recorded_at, c.recorded_at,
       e.data, 'told'
from care_events e
left join care_events c on c.organization_id = e.organization_id and c.corrects_id = e.id
where not e.is_retraction;
grant select on activity_log to praxis_app;

-- How long a task lay before somebody took it.
alter table tasks add column claimed_at timestamptz;
create function note_claim() returns trigger language plpgsql as $$
begin
  new.claimed_at := case when new.claimed_by is null then null else now() end;
  return new;
end $$;
create trigger note_claim before update of claimed_by on tasks
  for each row when (new.claimed_by is distinct from old.claimed_by)
  execute function note_claim();
create index tasks_by_run on tasks (organization_id, run_id) where run_id is not null;
