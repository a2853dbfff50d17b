-- A signing key can be given up as well; its kid is no UUID.
alter table revocations alter column subject_id type text using subject_id::text;
alter table revocations drop constraint revocations_kind_check;
alter table revocations add constraint revocations_kind_check
  check (kind in ('session', 'membership', 'key'));

-- Whatever changes what a membership grants, and on whatever way, is told to those who believe
-- tokens: a use case could forget it. Each change is another version, so that nothing that was
-- cached for an older one is believed again.
create function count_membership_change() returns trigger language plpgsql as $$
begin
  if new.permission_version = old.permission_version then
    new.permission_version := old.permission_version + 1;
  end if;
  return new;
end $$;

create trigger count_change before update on memberships for each row
  when (old.role is distinct from new.role or old.ended_at is distinct from new.ended_at)
  execute function count_membership_change();

-- The same lock as the service's own revocations: numbers appear in the order of commits.
create function tell_membership_change() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  perform pg_advisory_xact_lock(4201338);
  insert into revocations (organization_id, kind, subject_id, permission_version, at)
  select new.organization_id, 'membership', new.id::text,
         case when new.ended_at is null and u.disabled_at is null then new.permission_version end,
         now()
  from users u where u.id = new.user_id;
  return null;
end $$;

create trigger tell_change after update on memberships for each row
  when (old.permission_version is distinct from new.permission_version)
  execute function tell_membership_change();

-- Someone who may not sign in any more, or may again, is so in all their clinics.
create function tell_user_change() returns trigger
language plpgsql security definer set search_path = public as $$
begin
  update memberships set permission_version = permission_version + 1
  where user_id = new.id and ended_at is null;
  return null;
end $$;

create trigger tell_change after update on users for each row
  when ((old.disabled_at is null) <> (new.disabled_at is null))
  execute function tell_user_change();
