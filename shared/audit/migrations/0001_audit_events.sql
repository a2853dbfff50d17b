-- What happened, per organization, each event chained to the one before by its hash.
-- Events outside any organization use the nil id.
create table audit_events (
  id uuid primary key,
  organization_id uuid not null,
  seq bigint not null,
  at timestamptz not null,
  actor_kind text not null,
  actor_id text,
  action text not null,
  subject_type text not null,
  subject_id text,
  outcome text not null check (outcome in ('success', 'refused', 'failed')),
  request_id text,
  details jsonb not null default '{}',
  prev_hash bytea not null,
  hash bytea not null,
  unique (organization_id, seq)
);
create index audit_events_by_subject on audit_events (organization_id, subject_type, subject_id);

-- The last link of each chain. Locked by whoever appends, so a chain cannot fork.
create table audit_heads (
  organization_id uuid primary key,
  seq bigint not null,
  hash bytea not null
);

-- The hash of an event: SHA-256 over the previous hash and the JSON array of everything it says.
create function audit_hash(e audit_events) returns bytea language sql stable as $$
  select sha256(e.prev_hash || convert_to(jsonb_build_array(
    e.seq, e.id, e.organization_id,
    to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    e.actor_kind, e.actor_id, e.action, e.subject_type, e.subject_id, e.outcome,
    e.request_id, e.details)::text, 'UTF8'))
$$;

-- The only way to append: services may run this and read the table, nothing else. All events must
-- belong to the transaction's organization. Chains are locked in the order of their ids.
create function append_audit_events(events jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  event record;
  head audit_heads;
  row audit_events;
begin
  for event in
    select * from rows from (jsonb_to_recordset(events) as (
      id uuid, organization_id uuid, at timestamptz, actor_kind text, actor_id text, action text,
      subject_type text, subject_id text, outcome text, request_id text, details jsonb))
      with ordinality
    order by organization_id, ordinality
  loop
    if not (app_is_system() or event.organization_id is not distinct from app_organization_id()) then
      raise exception 'an audit event belongs to the organization of its transaction'
        using errcode = '42501';
    end if;
    insert into audit_heads (organization_id, seq, hash)
      values (event.organization_id, 0, sha256(''))
      on conflict do nothing;
    select * into head from audit_heads h
      where h.organization_id = event.organization_id for update;
    row.id := event.id;
    row.organization_id := event.organization_id;
    row.seq := head.seq + 1;
    row.at := event.at;
    row.actor_kind := event.actor_kind;
    row.actor_id := event.actor_id;
    row.action := event.action;
    row.subject_type := event.subject_type;
    row.subject_id := event.subject_id;
    row.outcome := event.outcome;
    row.request_id := event.request_id;
    row.details := coalesce(event.details, '{}');
    row.prev_hash := head.hash;
    row.hash := audit_hash(row);
    insert into audit_events select row.*;
    update audit_heads h set seq = row.seq, hash = row.hash
      where h.organization_id = event.organization_id;
  end loop;
end $$;

revoke execute on function append_audit_events(jsonb) from public;
grant execute on function append_audit_events(jsonb) to praxis_app;
grant select on audit_events, audit_heads to praxis_app;
call isolate_by_organization('audit_events');
call isolate_by_organization('audit_heads');
