-- Signing in is what identity does most. What it asks of the database fits into two statements, one
-- before the password is hashed and one after. Both run with the owner's rights and choose their
-- rows themselves, so they need no transaction that states a scope; plpgsql keeps their plans, and
-- each statement inside a volatile one sees what was committed before it.

-- A user, by address or by id, with everything that may stand against a sign-in, in their first
-- clinic or in `organization`.
create function sign_in_candidate(address text, who uuid, organization uuid) returns table (
  user_id uuid, is_disabled boolean, password_hash text, membership_id uuid, organization_id uuid,
  second_factor text, session_minutes integer, idle_minutes integer,
  has_totp boolean, has_passkey boolean, has_recovery_codes boolean)
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  return query
  select u.id, u.disabled_at is not null, c.password_hash, m.id, m.organization_id,
         p.second_factor, p.session_minutes, p.idle_minutes,
         exists (select from factors f
                 where f.user_id = u.id and f.kind = 'totp' and f.confirmed_at is not null),
         exists (select from factors f
                 where f.user_id = u.id and f.kind = 'passkey' and f.confirmed_at is not null),
         exists (select from recovery_codes r where r.user_id = u.id and r.used_at is null)
  from users u
  left join credentials c on c.user_id = u.id
  left join lateral (
    select live.id, live.organization_id from memberships live
    where live.user_id = u.id and live.ended_at is null
      and (organization is null or live.organization_id = organization)
    order by live.started_at, live.id limit 1
  ) m on true
  left join security_policies p on p.organization_id = m.organization_id
  where u.id = coalesce(who, (select a.id from users a where a.email = address));
end $$;

-- Starts a session after a right password, with its first refresh token and its audit event, when
-- that is all there is to do. Nothing is written, and `outcome` says why, when the membership or the
-- password is not what was judged (`changed`), and when a letter has to be sent to the user or older
-- sessions have to end (`more`). Locks the user, then the chain, as everything does.
create function start_plain_session(
  new_id uuid, of_user uuid, of_membership uuid, of_organization uuid, judged_hash text,
  of_client text, device text, new_acr text, new_amr text[], at timestamptz, until timestamptz,
  token_id uuid, new_token_hash bytea, token_until timestamptz, live_max integer, event jsonb)
returns table (outcome text, permission_version integer)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  version integer;
begin
  perform from users u where u.id = of_user for no key update;
  select m.permission_version into version
  from memberships m
  join users u on u.id = m.user_id
  join credentials c on c.user_id = m.user_id
  where m.id = of_membership and m.user_id = of_user and m.organization_id = of_organization
    and m.ended_at is null and u.disabled_at is null and c.password_hash = judged_hash;
  if not found then
    return query select 'changed', null::integer;
    return;
  end if;
  if exists (select from sessions s where s.user_id = of_user)
     and not exists (select from sessions s where s.user_id = of_user and s.user_agent = device)
     or (select count(*) from (
           select from sessions s
           where s.user_id = of_user and s.revoked_at is null and s.expires_at > at
           limit live_max) live) >= live_max
  then
    return query select 'more', null::integer;
    return;
  end if;
  insert into sessions (id, organization_id, user_id, membership_id, client, user_agent, acr, amr,
                        authenticated_at, last_used_at, expires_at)
  values (new_id, of_organization, of_user, of_membership, of_client, device, new_acr, new_amr,
          at, at, until);
  insert into refresh_tokens (id, organization_id, session_id, token_hash, created_at, expires_at)
  values (token_id, of_organization, new_id, new_token_hash, at, token_until);
  -- This far only: what is called so is a transaction by itself.
  perform set_config('app.organization_id', of_organization::text, true);
  perform append_audit_events(jsonb_build_array(event));
  return query select 'started', version;
end $$;

revoke execute on function sign_in_candidate, start_plain_session from public;
grant execute on function sign_in_candidate, start_plain_session to praxis_app;
