-- A session that took another's place (a step-up, another clinic) belongs to the same device: who
-- ends the old one, because that is the id they have seen, means the device.
alter table sessions add column succeeded_by uuid references sessions (id) on delete set null;
grant update (succeeded_by) on sessions to praxis_app;
create index sessions_by_successor on sessions (succeeded_by) where succeeded_by is not null;

-- As before, but all sessions are locked before the list of revocations is, as whoever ends a
-- session does: the other way round both could wait for each other.
create or replace function erase_user(who uuid, at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  address text;
  nobody text := 'erased-' || who || '@erased.invalid';
  letters bigint[];
begin
  if not app_is_system() then raise insufficient_privilege; end if;
  select email into address from users where id = who for update;
  if address is null or address = nobody then return false; end if;
  perform from sessions where user_id = who order by id for update;

  update memberships set ended_at = at where user_id = who and ended_at is null;
  update users set email = nobody, full_name = 'Erased', disabled_at = coalesce(disabled_at, at)
  where id = who;
  update sessions set user_agent = '' where user_id = who;
  delete from credentials where user_id = who;
  delete from factors where user_id = who;
  delete from recovery_codes where user_id = who;
  delete from factor_attempts where user_id = who;
  delete from challenges where user_id = who;
  delete from mailed_links where user_id = who;
  delete from data_exports where user_id = who;
  delete from registrations where email = address;

  -- Letters that are still to leave do not leave any more.
  select array_agg(seq) into letters from outbox_events
  where event ->> 'type' = 'mail.requested' and event #>> '{data,to}' = address;
  delete from outbox_deliveries where seq = any (letters);
  delete from outbox_events where seq = any (letters);
  return true;
end $$;
