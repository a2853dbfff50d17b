-- What a clinic wants to happen by itself. Once it has been handed in, a version never changes.
create table definitions (
  id uuid primary key,
  organization_id uuid not null,
  kind text not null check (kind in ('workflow', 'pathway')),
  key text not null,
  version int not null,
  state text not null default 'draft'
    check (state in ('draft', 'submitted', 'active', 'shadow', 'retired')),
  title text not null,
  document jsonb not null,
  -- As its author has written it; a pathway's is its PlanDefinition.
  source text not null,
  sha256 text not null,
  note text,
  -- What starts it by itself: the type of an event.
  event_type text,
  created_by uuid not null,
  created_at timestamptz not null,
  submitted_by uuid,
  approved_by uuid,
  approved_at timestamptz,
  unique (organization_id, key, version),
  check ((state in ('draft', 'submitted')) <= (approved_by is null)),
  check ((state in ('active', 'shadow')) <= (approved_by is not null)),
  -- Two people: neither who has written it nor who has handed it in.
  check (approved_by is null or (approved_by <> created_by and approved_by <> submitted_by))
);
create unique index definitions_active on definitions (organization_id, key) where state = 'active';
create unique index definitions_draft on definitions (organization_id, key)
  where state in ('draft', 'submitted');
create index definitions_newest on definitions (organization_id, id desc);
create index definitions_by_event on definitions (organization_id, event_type)
  where state in ('active', 'shadow');

create function keep_definition() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (new.document, new.source, new.sha256, new.title, new.created_by)
    is distinct from (old.document, old.source, old.sha256, old.title, old.created_by) then
    raise exception 'a definition that was handed in does not change';
  end if;
  return new;
end $$;
create trigger keep_definition before update on definitions
  for each row execute function keep_definition();

grant select, insert,
  update (state, title, document, source, sha256, note, event_type, created_by, submitted_by,
          approved_by, approved_at),
  delete on definitions to praxis_app;
call isolate_by_organization('definitions');

-- When a clinic, or one of its places, is open.
create table calendars (
  organization_id uuid not null,
  name text not null,
  time_zone text not null,
  hours jsonb not null,
  holidays date[] not null default '{}',
  primary key (organization_id, name)
);
grant select, insert, update on calendars to praxis_app;
call isolate_by_organization('calendars');
