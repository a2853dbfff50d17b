-- The people who are treated, what identifies them, and how they are found.
create extension if not exists pg_trgm;
create extension if not exists btree_gin;
create extension if not exists btree_gist;
create extension if not exists fuzzystrmatch;

create table patients (
  id uuid primary key,
  organization_id uuid not null,
  status text not null default 'active' check (status in ('active', 'merged')),
  -- The patient that took over what this one had.
  merged_into uuid references patients (id),
  -- As precise as it is known: a year, a month or a day (FHIR's date).
  birth_date text collate "C" check (birth_date ~ '^\d{4}(-\d{2}(-\d{2})?)?$'),
  sex text not null check (sex in ('female', 'male', 'other', 'unknown')),
  is_confidential boolean not null,
  -- Names, contacts, addresses, languages, related persons, death: read and written as a whole.
  demographics jsonb not null,
  -- Counts the changes, for ETag and If-Match.
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (organization_id, id),
  check ((status = 'merged') = (merged_into is not null)),
  check (merged_into <> id)
);
create index patients_newest on patients (organization_id, id desc) where status = 'active';
create index patients_by_birth_date on patients (organization_id, birth_date);
create index patients_by_successor on patients (merged_into) where merged_into is not null;

-- An identifier names one patient of an organization.
create table patient_identifiers (
  organization_id uuid not null,
  system text collate "C" not null,
  value text collate "C" not null,
  patient_id uuid not null,
  type text,
  position int not null,
  primary key (organization_id, system, value),
  foreign key (organization_id, patient_id) references patients (organization_id, id)
);
create index patient_identifiers_by_patient on patient_identifiers (patient_id);
create index patient_identifiers_by_value on patient_identifiers (organization_id, value);

-- Daitch-Mokotoff codes of every word; none for a script that it does not know.
create function phonetic_codes(words text) returns text[]
language sql immutable strict parallel safe set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct code), '{}')
  from regexp_split_to_table(words, '\s+') as word, unnest(daitch_mokotoff(word)) as code
  where word ~ '[a-z]'
$$;

-- Each name of a patient in every order in which it may be typed, made comparable
-- (patients/names.ts), a space before each word.
create table patient_names (
  organization_id uuid not null,
  patient_id uuid not null references patients (id),
  key text collate "C" not null,
  phonetic text[] not null generated always as (phonetic_codes(key)) stored,
  primary key (patient_id, key)
);
create index patient_names_in_order on patient_names (organization_id, key, patient_id);
-- fastupdate would make some insert, or some search, pay for all inserts before it.
create index patient_names_by_part on patient_names using gin (organization_id, key gin_trgm_ops)
  with (fastupdate = off);
create index patient_names_by_sound on patient_names using gin (organization_id, phonetic)
  with (fastupdate = off);

-- Which user is which patient: what makes `me` of a patient.
create table patient_users (
  organization_id uuid not null,
  user_id uuid not null,
  patient_id uuid not null,
  linked_at timestamptz not null,
  primary key (organization_id, user_id),
  foreign key (organization_id, patient_id) references patients (organization_id, id)
);
create index patient_users_by_patient on patient_users (patient_id);

grant select, insert,
  update (status, merged_into, birth_date, sex, is_confidential, demographics, version, updated_at)
  on patients to praxis_app;
grant select, insert, delete, update (patient_id) on patient_identifiers to praxis_app;
grant select, insert, delete on patient_names to praxis_app;
grant select, insert, delete, update (patient_id) on patient_users to praxis_app;
call isolate_by_organization('patients');
call isolate_by_organization('patient_identifiers');
call isolate_by_organization('patient_names');
call isolate_by_organization('patient_users');

-- `text` as it stands, inside a LIKE pattern.
create function like_escape(text) returns text
language sql immutable strict parallel safe as $$ select regexp_replace($1, '([\\%_])', '\\\1', 'g') $$;

-- At most `most` patients of the caller's own organization whose name fits, with their rank. A
-- security definer: `like` and `&&` are not leakproof, so under row-level security they could not
-- use the indexes. Each tier is cut before it is ranked, and asked only while there is room: what
-- a search costs does not grow with the number of those who fit.
create function search_patients(q text, words text[], born text, most int)
returns table (patient_id uuid, rank int)
language plpgsql stable security definer
set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  organization uuid := app_organization_id();
  whole text := ' ' || like_escape(q) || '%';
  w1 text := '% ' || like_escape(words[1]) || '%';
  w2 text := '% ' || like_escape(words[2]) || '%';
  w3 text := '% ' || like_escape(words[3]) || '%';
  s1 text[] := daitch_mokotoff(words[1]);
  s2 text[] := daitch_mokotoff(words[2]);
  s3 text[] := daitch_mokotoff(words[3]);
  hits uuid[] := '{}';
  ranks int[] := '{}';
  more uuid[];
begin
  if born is not null then
    -- Few were born on one day, so the day leads and the name filters.
    return query
      select p.id, max(case
        when q is null then 90
        when n.key = ' ' || q then 100
        when n.key like whole then 90
        when n.key like w1 and (w2 is null or n.key like w2) and (w3 is null or n.key like w3) then 70
        else 50 end)
      from patients p join patient_names n on n.patient_id = p.id
      where p.organization_id = organization and p.status = 'active' and not p.is_confidential
        and (case when length(born) = 10 then p.birth_date = born
             else p.birth_date >= born and p.birth_date < born || '~' end)
        and (q is null or n.key like whole
             or (n.key like w1 and (w2 is null or n.key like w2) and (w3 is null or n.key like w3))
             or (n.phonetic && s1 and (w2 is null or n.phonetic && s2)
                 and (w3 is null or n.phonetic && s3)))
      group by p.id order by 2 desc, 1 limit most;
    return;
  end if;

  select coalesce(array_agg(f.patient_id), '{}'),
         coalesce(array_agg(case when f.key = ' ' || q then 100 else 90 end), '{}')
    into hits, ranks
  from (
    select n.patient_id, n.key from patient_names n join patients p on p.id = n.patient_id
    where n.organization_id = organization and n.key like whole
      and p.status = 'active' and not p.is_confidential
    order by n.key, n.patient_id limit most) f;

  if cardinality(hits) < most and words[2] is not null then
    select coalesce(array_agg(f.patient_id), '{}') into more from (
      select n.patient_id from patient_names n join patients p on p.id = n.patient_id
      where n.organization_id = organization and n.key like w1
        and n.key like w2 and (w3 is null or n.key like w3)
        and p.status = 'active' and not p.is_confidential
      limit most) f;
    hits := hits || more;
    ranks := ranks || array_fill(70, array[cardinality(more)]);
  end if;

  if cardinality(hits) < most and s1 is not null then
    select coalesce(array_agg(f.patient_id), '{}') into more from (
      select n.patient_id from patient_names n join patients p on p.id = n.patient_id
      where n.organization_id = organization and n.phonetic && s1
        and (words[2] is null or n.phonetic && s2) and (words[3] is null or n.phonetic && s3)
        and p.status = 'active' and not p.is_confidential
      limit most) f;
    hits := hits || more;
    ranks := ranks || array_fill(50, array[cardinality(more)]);
  end if;

  if cardinality(hits) = 0 and length(q) >= 3 then
    select coalesce(array_agg(f.patient_id), '{}') into more from (
      select n.patient_id from patient_names n join patients p on p.id = n.patient_id
      where n.organization_id = organization and n.key like '%' || like_escape(q) || '%'
        and p.status = 'active' and not p.is_confidential
      limit most) f;
    hits := hits || more;
    ranks := ranks || array_fill(30, array[cardinality(more)]);
  end if;

  return query
    select h.id, max(h.rank) from unnest(hits, ranks) as h(id, rank)
    group by h.id order by 2 desc, 1 limit most;
end $$;

-- Who might be the same person as one who was born on `born` and is called by one of `keys`.
create function find_duplicate_candidates(keys text[], born text, most int)
returns table (patient_id uuid)
language plpgsql stable security definer
set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  organization uuid := app_organization_id();
begin
  return query
    select c.id from (
      (select p.id from patients p
       where p.organization_id = organization and p.birth_date = born and p.status = 'active'
         and exists (
           select 1 from patient_names n
           where n.patient_id = p.id
             and (n.key = any(keys) or n.phonetic && phonetic_codes(keys[1])))
       limit most)
      union
      (select n.patient_id from patient_names n join patients p on p.id = n.patient_id
       where n.organization_id = organization and n.key = any(keys) and p.status = 'active'
       limit most)
      union
      -- Twice mistyped days are as common as twice mistyped names.
      (select n.patient_id from patient_names n join patients p on p.id = n.patient_id
       where n.organization_id = organization and n.phonetic @> phonetic_codes(keys[1])
         and cardinality(phonetic_codes(keys[1])) > 1
         and p.birth_date >= left(born, 4) and p.birth_date < left(born, 4) || '~'
         and p.status = 'active'
       limit most)
    ) c limit most;
end $$;

revoke execute on function search_patients, find_duplicate_candidates from public;
grant execute on function search_patients, find_duplicate_candidates to praxis_app;
