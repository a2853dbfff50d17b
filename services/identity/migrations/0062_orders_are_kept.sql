-- What a saga has ordered must be known for as long as a person may have it tried again or taken
-- back: without its key an order is carried out a second time, and an undo finds nothing to undo.

-- Removes what can be of no use any more; the service's role may remove nothing of it by itself.
-- A session is at most half a day long, so a token that ended a day ago belongs to one that is
-- over. Ended sessions stay until `remembered_since`: by them a new device is known. A code stays
-- as long as it may come a second time. Returns how many rows went, at most a few times `at_most`.
-- Orders of sagas are kept for ninety days.
create or replace function prune(at timestamptz, remembered_since timestamptz, at_most int)
returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  over timestamptz := at - interval '1 day';
  ids uuid[];
  removed int;
  total int := 0;
begin
  if not app_is_system() then raise insufficient_privilege; end if;

  delete from refresh_tokens where session_id in (
    select session_id from refresh_tokens where expires_at < over order by expires_at limit at_most);
  get diagnostics removed = row_count; total := total + removed;

  delete from oauth_refresh_tokens where session_id in (
    select t.session_id from oauth_refresh_tokens t join sessions s on s.id = t.session_id
    where t.expires_at < over and s.expires_at < over order by t.expires_at limit at_most);
  get diagnostics removed = row_count; total := total + removed;

  delete from oauth_codes where code_hash in (
    select code_hash from oauth_codes where expires_at < over limit at_most);
  get diagnostics removed = row_count; total := total + removed;

  select array_agg(id) into ids from (
    select s.id from sessions s
    where s.expires_at < least(remembered_since, over)
      and not exists (select 1 from refresh_tokens t where t.session_id = s.id)
      and not exists (select 1 from oauth_refresh_tokens t where t.session_id = s.id)
      and not exists (select 1 from oauth_codes c where c.session_id = s.id or c.grant_id = s.id)
    order by s.expires_at limit at_most
    for update skip locked
  ) as forgotten;
  delete from oauth_grants where session_id = any (ids);
  delete from sessions where id = any (ids);
  get diagnostics removed = row_count; total := total + removed;

  delete from mailed_links where expires_at < over;
  get diagnostics removed = row_count; total := total + removed;
  delete from registrations where expires_at < over;
  get diagnostics removed = row_count; total := total + removed;
  delete from factor_attempts where started_at < over;
  get diagnostics removed = row_count; total := total + removed;
  delete from challenges where id in (
    select id from challenges where expires_at < over order by expires_at limit at_most);
  get diagnostics removed = row_count; total := total + removed;

  delete from idempotency_keys where ctid in (
    select ctid from idempotency_keys
    where created_at < over
      and (actor_id <> 'workflow' or created_at < at - interval '90 days') limit at_most);
  get diagnostics removed = row_count; total := total + removed;

  -- The newest one stays: its number says where readers go on.
  delete from revocations r using (select max(seq) as seq from revocations) as newest
  where r.at < over and r.seq < newest.seq;
  get diagnostics removed = row_count; total := total + removed;

  -- Letters that could not be delivered, too, hold no link that works.
  update outbox_events set event = event #- '{data,variables,link}'
  where created_at < now() - interval '1 hour' and created_at > now() - interval '2 days'
    and event ->> 'type' = 'mail.requested' and event #> '{data,variables,link}' is not null;
  return total;
end $$;
