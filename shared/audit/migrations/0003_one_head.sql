-- As before, but a chain's head is read once and written once, however many events are appended:
-- each rewriting leaves a dead row behind, which the next one would have to step over.
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
    if head.organization_id is distinct from event.organization_id then
      update audit_heads h set seq = head.seq, hash = head.hash
        where h.organization_id = head.organization_id;
      insert into audit_heads (organization_id, seq, hash)
        values (event.organization_id, 0, sha256(''))
        on conflict do nothing;
      select * into head from audit_heads h
        where h.organization_id = event.organization_id for update;
    end if;
    head.seq := head.seq + 1;
    row.id := event.id;
    row.organization_id := event.organization_id;
    row.seq := head.seq;
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
    head.hash := row.hash;
    insert into audit_events select row.*;
  end loop;
  update audit_heads h set seq = head.seq, hash = head.hash
    where h.organization_id = head.organization_id;
end $$;
