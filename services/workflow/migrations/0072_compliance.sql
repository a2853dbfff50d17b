-- What was found when protocols were held against runs, and when to look again.
create table compliance_findings (
  id uuid primary key,
  organization_id uuid not null,
  protocol_id uuid not null references protocols (id),
  constraint_id uuid not null references protocol_constraints (id),
  run_id uuid not null references runs (id),
  -- Which half of the constraint, and the event that called for it; the run itself if none did.
  part int not null,
  event_id uuid not null,
  state text not null check (state in (
    'satisfied', 'violated', 'pending', 'excused', 'indeterminate', 'not_applicable'
  )),
  is_at_risk boolean not null default false,
  why text not null,
  activity text,
  activated_at timestamptz,
  target_at timestamptz,
  due_at timestamptz,
  found_at timestamptz not null,
  changed_at timestamptz not null,
  excused_by uuid,
  excused_at timestamptz,
  excuse text,
  unique (organization_id, constraint_id, run_id, part, event_id),
  check ((state = 'excused') = (excused_by is not null)),
  check ((excused_by is null) = (excuse is null)),
  check ((excused_by is null) = (excused_at is null))
);
create index compliance_findings_newest on compliance_findings (organization_id, id desc);
create index compliance_findings_of on compliance_findings (organization_id, run_id, protocol_id);

-- Every verdict that there ever was: only ever added to.
create table compliance_verdicts (
  seq bigint generated always as identity primary key,
  organization_id uuid not null,
  finding_id uuid not null references compliance_findings (id),
  at timestamptz not null,
  state text not null,
  why text not null,
  target_at timestamptz,
  actor_id text
);
create index compliance_verdicts_of on compliance_verdicts (finding_id, seq);

-- Runs that have to be looked at, and from when on: something happened, or a window closes.
create table compliance_watch (
  organization_id uuid not null,
  run_id uuid not null references runs (id),
  due_at timestamptz not null,
  primary key (organization_id, run_id)
);
create index compliance_watch_due on compliance_watch (due_at);

grant select, insert,
  update (state, is_at_risk, why, target_at, due_at, changed_at, excused_by, excused_at, excuse)
  on compliance_findings to praxis_app;
grant select, insert on compliance_verdicts to praxis_app;
grant usage on sequence compliance_verdicts_seq_seq to praxis_app;
grant select, insert, update (due_at), delete on compliance_watch to praxis_app;
call isolate_by_organization('compliance_findings');
call isolate_by_organization('compliance_verdicts');
call isolate_by_organization('compliance_watch');

-- Whoever changes what is judged says so in the same transaction, and cannot forget it.
-- PL/pgSQL keeps its plans: this is asked about every step of every run.
create function watch_compliance(of_organization uuid, of_run uuid) returns void
language plpgsql as $$
begin
  if not exists (select 1 from protocols p
                 where p.organization_id = of_organization and p.state = 'active') then
    return;
  end if;
  insert into compliance_watch (organization_id, run_id, due_at)
  select r.organization_id, r.id, '-infinity' from runs r
  where r.id = of_run and r.organization_id = of_organization and not r.is_shadow
    and exists (select 1 from protocols p
                where p.organization_id = r.organization_id and p.definition_key = r.key
                  and p.state = 'active')
  on conflict (organization_id, run_id) do update set due_at = '-infinity';
end $$;
create function watch_steps() returns trigger language plpgsql as $$
begin
  perform watch_compliance(new.organization_id, new.run_id);
  return null;
end $$;
create function watch_runs() returns trigger language plpgsql as $$
begin
  perform watch_compliance(new.organization_id, new.id);
  return null;
end $$;
-- Once for a statement, not for each row: a worker writes the steps of many runs in one.
create function watch_changed_steps() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from protocols where state = 'active') then return null; end if;
  insert into compliance_watch (organization_id, run_id, due_at)
  select distinct r.organization_id, r.id, '-infinity'::timestamptz
  from changed s join runs r on r.id = s.run_id and r.organization_id = s.organization_id
  where s.state = 'done' and s.kind in ('call', 'listen', 'emit', 'run', 'wait')
    and not r.is_shadow
    and exists (select 1 from protocols p
                where p.organization_id = r.organization_id and p.definition_key = r.key
                  and p.state = 'active')
  order by r.id
  on conflict (organization_id, run_id) do update set due_at = '-infinity';
  return null;
end $$;
create trigger watch_steps after update on run_steps referencing new table as changed
  for each statement execute function watch_changed_steps();
-- A step may be over with the commit that has made it.
create trigger watch_new_steps after insert on run_steps referencing new table as changed
  for each statement execute function watch_changed_steps();
create trigger watch_care_events after insert on care_events for each row
  execute function watch_steps();
create trigger watch_new_runs after insert on runs for each row execute function watch_runs();
create trigger watch_ended_runs after update of ended_at on runs for each row
  when (new.ended_at is not null and old.ended_at is null) execute function watch_runs();
