-- What a clinic holds itself to: DECLARE constraints over what happens in runs of a definition.
create table protocols (
  id uuid primary key,
  organization_id uuid not null,
  key text not null,
  version int not null,
  state text not null default 'draft' check (state in ('draft', 'submitted', 'active', 'retired')),
  title text not null,
  definition_key text not null,
  -- Only what happens in this time is judged.
  effective_from timestamptz,
  effective_until timestamptz,
  source text,
  note text,
  created_by uuid not null,
  created_at timestamptz not null,
  submitted_by uuid,
  approved_by uuid,
  approved_at timestamptz,
  unique (organization_id, key, version),
  check (effective_until > effective_from),
  check ((state in ('draft', 'submitted')) <= (approved_by is null)),
  check ((state = 'active') <= (approved_by is not null)),
  -- Two people: neither who has written it nor who has handed it in.
  check (approved_by is null or (approved_by <> created_by and approved_by <> submitted_by))
);
create unique index protocols_active on protocols (organization_id, key) where state = 'active';
create unique index protocols_draft on protocols (organization_id, key)
  where state in ('draft', 'submitted');
create index protocols_newest on protocols (organization_id, id desc);
create index protocols_watching on protocols (organization_id, definition_key)
  where state = 'active';

create table protocol_constraints (
  id uuid primary key,
  organization_id uuid not null,
  protocol_id uuid not null references protocols (id) on delete cascade,
  position int not null,
  name text not null,
  template text not null,
  activity text not null,
  target text,
  count int,
  within_ms bigint check (within_ms > 0),
  -- The window is opening time of this calendar; none: by the clock.
  calendar text,
  grace_ms bigint not null default 0 check (grace_ms >= 0),
  -- Lists of {path, operator, value}, all of which must hold.
  activation_conditions jsonb not null default '[]',
  target_conditions jsonb not null default '[]',
  -- Where both events must say the same, such as an order's id.
  correlate text[],
  -- A case in which this has happened is none of the constraint's.
  exclusion text,
  severity text not null check (severity in ('low', 'medium', 'high')),
  rationale text,
  unique (protocol_id, position),
  unique (protocol_id, name)
);

create function keep_protocol() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and (new.title, new.definition_key, new.effective_from,
      new.effective_until, new.source, new.created_by)
    is distinct from (old.title, old.definition_key, old.effective_from,
      old.effective_until, old.source, old.created_by) then
    raise exception 'a protocol that was handed in does not change';
  end if;
  return new;
end $$;
create trigger keep_protocol before update on protocols
  for each row execute function keep_protocol();

create function keep_protocol_constraints() returns trigger language plpgsql as $$
begin
  if exists (select 1 from protocols p
             where p.id = coalesce(new.protocol_id, old.protocol_id) and p.state <> 'draft') then
    raise exception 'a protocol that was handed in does not change';
  end if;
  return coalesce(new, old);
end $$;
create trigger keep_protocol_constraints before insert or update or delete on protocol_constraints
  for each row execute function keep_protocol_constraints();

grant select, insert,
  update (state, title, definition_key, effective_from, effective_until, source, note, created_by,
          submitted_by, approved_by, approved_at)
  on protocols to praxis_app;
grant select, insert, delete on protocol_constraints to praxis_app;
call isolate_by_organization('protocols');
call isolate_by_organization('protocol_constraints');

-- Whether all conditions hold of what an event says: null when it does not say enough. A number
-- that a laboratory has written as text is a number; other kinds are never compared with another.
create function conditions_hold(data jsonb, conditions jsonb) returns boolean
language sql immutable as $$
  select case when bool_or(holds is false) then false
              when bool_or(holds is null) then null
              else true end
  from (
    select case c.operator
        when 'exists' then found is not null and jsonb_typeof(found) <> 'null'
        when 'missing' then found is null or jsonb_typeof(found) = 'null'
        when 'in' then case when jsonb_typeof(found) <> 'null' then c.value @> found end
        else case when jsonb_typeof(found) = jsonb_typeof(c.value)
                    and jsonb_typeof(found) <> 'null' then
          case c.operator
            when 'eq' then found = c.value when 'ne' then found <> c.value
            when 'lt' then found < c.value when 'le' then found <= c.value
            when 'gt' then found > c.value when 'ge' then found >= c.value
          end end
      end as holds
    from jsonb_to_recordset(conditions) as c (path text[], operator text, value jsonb)
    cross join lateral (
      select case when jsonb_typeof(c.value) = 'number' and jsonb_typeof(raw) = 'string'
                    and raw #>> '{}' ~ '^-?\d{1,30}(\.\d{1,30})?$'
                  then to_jsonb((raw #>> '{}')::numeric) else raw end as found
      from (select data #> c.path as raw) r
    ) f
  ) each_one
$$;
