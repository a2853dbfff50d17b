-- Who may fetch a copy of what is known about them (GDPR art. 15 and 20), and until when. The copy
-- itself is made when it is fetched: nothing is stored twice.
create table data_exports (
  id uuid primary key,
  user_id uuid not null references users (id),
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index data_exports_by_user on data_exports (user_id, expires_at);
alter table data_exports enable row level security;
create policy by_user on data_exports using (user_id = app_user_id() or app_is_system());
grant select, insert, delete on data_exports to praxis_app;

-- Forgets a person (GDPR art. 17): from then on their id stands for nobody. What was recorded of
-- them names the id only, so every audit chain stays as it is. The service's role may change names
-- and remove passwords in no other way. False when that has been done before.
create function erase_user(who uuid, at timestamptz) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  address text;
  nobody text := 'erased-' || who || '@erased.invalid';
  letters bigint[];
begin
  if not app_is_system() then raise insufficient_privilege; end if;
  select email into address from users where id = who for update;
  if address is null or address = nobody then return false; end if;

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
revoke execute on function erase_user(uuid, timestamptz) from public;
grant execute on function erase_user(uuid, timestamptz) to praxis_app;
