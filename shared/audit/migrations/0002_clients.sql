-- The program of others that acted, for its user or by itself (the id of an OAuth client).
alter table audit_events add column client_id text;
create index audit_events_by_client on audit_events (organization_id, client_id, seq)
  where client_id is not null;

-- Two forms of one array: twelve elements when no program of others acted, so that every chain
-- from before this column is as good as ever, and a thirteenth when one did. Nothing of one form
-- can be read as the other, so a program can be neither added to an event nor taken out of it.
create or replace function audit_hash(e audit_events) returns bytea language sql stable as $$
  select sha256(e.prev_hash || convert_to((jsonb_build_array(
    e.seq, e.id, e.organization_id,
    to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    e.actor_kind, e.actor_id, e.action, e.subject_type, e.subject_id, e.outcome,
    e.request_id, e.details)
    || case when e.client_id is null then '[]'::jsonb else jsonb_build_array(e.client_id) end
    )::text, 'UTF8'))
$$;

-- As before, and it takes `client_id`, which a release from before leaves out.
create or replace function append_audit_events(events jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  event record;
  head audit_heads;
  row audit_events;
begin
  for event in
    select * from rows from (jsonb_to_recordset(events) as (
      id uuid, organization_id uuid, at timestamptz, actor_kind text, actor_id text, action text,
      subject_type text, subject_id text, outcome text, request_id text, details jsonb,
      client_id text))
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
    row.client_id := event.client_id;
    row.prev_hash := head.hash;
    row.hash := audit_hash(row);
    insert into audit_events select row.*;
    update audit_heads h set seq = row.seq, hash = row.hash
      where h.organization_id = event.organization_id;
  end loop;
end $$;
