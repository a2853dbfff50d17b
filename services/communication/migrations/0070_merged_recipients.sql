-- A patient who was merged and whoever took over are one person to those who write to them. Nothing
-- of theirs moves: who belongs to whom is asked each time, so that undoing a merge undoes it all.
create index patient_merges_into on patient_merges (organization_id, into_patient_id)
  where undone_at is null;

-- Whoever took over in the end; the number of hops is bounded, as facts may have been lost.
create function heir_of(organization uuid, person uuid) returns uuid
language plpgsql stable set search_path = public, pg_temp as $$
declare
  heir uuid := person;
  next_one uuid;
begin
  for hop in 1..20 loop
    select m.into_patient_id into next_one from patient_merges m
    where m.organization_id = organization and m.patient_id = heir and m.undone_at is null
    order by m.merged_at desc, m.merge_id desc limit 1;
    exit when not found;
    heir := next_one;
  end loop;
  return heir;
end $$;

-- The heir of a person, with all who were merged into it. `merged_at` is null for the heir. PL/pgSQL
-- keeps its plans: this is asked several times for each message.
create function family_of(organization uuid, person uuid)
returns table (id uuid, merged_at timestamptz)
language plpgsql stable rows 1 set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  -- Nearly everybody was never merged.
  if not exists (select 1 from patient_merges m
                 where m.organization_id = organization and m.patient_id = person
                   and m.undone_at is null)
    and not exists (select 1 from patient_merges m
                    where m.organization_id = organization and m.into_patient_id = person
                      and m.undone_at is null)
  then
    return query select person, null::timestamptz;
    return;
  end if;
  return query
  with recursive members as (
    select heir_of(organization, person) as id, null::timestamptz as merged_at
    union
    select m.patient_id, greatest(m.merged_at, members.merged_at)
    from members join patient_merges m
      on m.organization_id = organization and m.into_patient_id = members.id
        and m.undone_at is null
  )
  select one.id, min(one.merged_at) from members one
  where one.merged_at is null
    or one.id <> (select heir.id from members heir where heir.merged_at is null)
  group by one.id;
end $$;

-- The same as ids, for an index to look them up by. Ask in a subquery of its own, `any ((select
-- family_ids(…))::uuid[])`: else it may be asked again for each row that is looked at.
create function family_ids(organization uuid, person uuid) returns uuid[]
language plpgsql stable set search_path = public, pg_temp as $$
begin
  return array(select one.id from family_of(organization, person) one);
end $$;

-- The newest decision for each channel and purpose. What the heir has said counts. Of those who were
-- merged only what they took back does, as if said at the merge: it holds until the heir says
-- otherwise afterwards.
create function standing_consents(organization uuid, person uuid)
returns table (channel text, purpose text, decision text)
language plpgsql stable set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  with newest as (
    select distinct on (c.recipient_id, c.channel, c.purpose)
           c.channel, c.purpose, c.decision, greatest(c.at, f.merged_at) as at, f.merged_at, c.id
    from family_of(organization, person) f
    join consents c on c.organization_id = organization and c.recipient_id = f.id
    order by c.recipient_id, c.channel, c.purpose, c.id desc
  )
  select distinct on (channel, purpose) channel, purpose, decision from newest
  where merged_at is null or decision = 'revoked'
  order by channel, purpose, at desc, merged_at is not null desc, id desc;
end $$;

-- The same for choices: a no of whoever was merged is kept, a yes is not.
create function standing_choices(organization uuid, person uuid)
returns table (category text, channel text, is_allowed boolean)
language plpgsql stable set search_path = public, pg_temp as $$
#variable_conflict use_column
begin
  return query
  select distinct on (p.category, p.channel) p.category, p.channel, p.is_allowed
  from family_of(organization, person) f
  join preferences p on p.organization_id = organization and p.recipient_id = f.id
  where f.merged_at is null or not p.is_allowed
  order by p.category, p.channel, greatest(p.at, f.merged_at) desc, f.merged_at is not null desc;
end $$;

-- Whoever took over is known here as soon as who was merged was.
create function know_heir(organization uuid, merged uuid, heir uuid, now timestamptz) returns void
language sql set search_path = public, pg_temp as $$
  insert into recipients (organization_id, id, kind, locale, time_zone, quiet_from, quiet_to,
                          channel_order, updated_at)
  select organization_id, heir, kind, locale, time_zone, quiet_from, quiet_to, channel_order, now
  from recipients where organization_id = organization and id = merged
  on conflict do nothing
$$;

-- Until the transaction ends: either tries begin, or what forbids them is said, never both at once.
create function lock_sending(organization uuid, is_shared boolean) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  key bigint := hashtextextended('sending ' || organization, 0);
begin
  if is_shared then
    perform pg_advisory_xact_lock_shared(key);
  else
    perform pg_advisory_xact_lock(key);
  end if;
end $$;
