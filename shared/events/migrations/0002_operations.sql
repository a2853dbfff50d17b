-- How often the receiver said that it cannot take this event as things stand: such an answer may
-- change with a deploy, so it is asked again, but not for ever.
alter table outbox_deliveries add column refusals int not null default 0;

-- Each organization's oldest first, so that one with a backlog does not hold up the others.
create index outbox_deliveries_fairly on outbox_deliveries (subscriber, organization_id, seq)
  where state = 'pending';
create index outbox_deliveries_dead on outbox_deliveries (organization_id, seq) where state = 'dead';
create index outbox_events_by_age on outbox_events (created_at);
create index inbox_events_by_age on inbox_events (handled_at);

-- Removes what has been told to everyone and is older than `told_before`, and marks of facts that
-- came in before `heard_before`. What is pending or dead stays. Returns how many rows went. The
-- service's role may remove nothing by itself.
create function purge_events(told_before timestamptz, heard_before timestamptz, at_most int)
returns int language plpgsql security definer set search_path = public as $$
declare
  old bigint[];
  heard int;
begin
  if not app_is_system() then raise insufficient_privilege; end if;
  select array_agg(seq) into old from (
    select e.seq from outbox_events e
    where e.created_at < told_before
      and not exists (
        select 1 from outbox_deliveries d where d.seq = e.seq and d.state <> 'delivered')
    order by e.created_at limit at_most
    for update skip locked
  ) as told;
  delete from outbox_deliveries where seq = any (old);
  delete from outbox_events where seq = any (old);
  delete from inbox_events where (source, id) in (
    select source, id from inbox_events where handled_at < heard_before limit at_most);
  get diagnostics heard = row_count;
  return coalesce(array_length(old, 1), 0) + heard;
end $$;
revoke execute on function purge_events(timestamptz, timestamptz, int) from public;
grant execute on function purge_events(timestamptz, timestamptz, int) to praxis_app;
-- Deliveries are found by their event when it is purged.
create index outbox_deliveries_by_event on outbox_deliveries (seq);
