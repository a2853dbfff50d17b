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

-- Daitch-Mokotoff codes of every word; none for a script that it does not know. A short word also
-- counts as a part of the next: "o briain" sounds like "obrien".
create function phonetic_codes(words text) returns text[]
language sql immutable strict parallel safe set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct code), '{}')
  from (
    select word, lead(word) over (order by at) as next
    from regexp_split_to_table(words, '\s+') with ordinality as w(word, at)
  ) as w,
  lateral (values (word), (case when length(word) between 1 and 3 then word || next end))
    as s(spelling),
  unnest(daitch_mokotoff(spelling)) as code
  where spelling ~ '[a-z]'
$$;

-- Each name of a patient in every order in which it may be typed, made comparable
-- (names/model.ts), a space before each word. Words and sounds are the same in every order: one of
-- them, the chief, is enough for those indexes.
create table patient_names (
  organization_id uuid not null,
  patient_id uuid not null references patients (id),
  key text collate "C" not null,
  is_chief boolean not null,
  phonetic text[] not null generated always as (phonetic_codes(key)) stored,
  primary key (patient_id, key)
);
create index patient_names_in_order on patient_names (organization_id, key, patient_id);
-- fastupdate would make some insert, or some search, pay for all inserts before it.
create index patient_names_by_part on patient_names using gin (organization_id, key gin_trgm_ops)
  with (fastupdate = off) where is_chief;
create index patient_names_by_sound on patient_names using gin (organization_id, phonetic)
  with (fastupdate = off) where is_chief;

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
-- use the indexes. Each tier is cut before it is ranked, and asked only while too few are found:
-- what a search costs does not grow with the number of those who fit.
create function search_patients(q text, words text[], born text, most int)
returns table (patient_id uuid, rank int)
language plpgsql stable security definer
set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  -- A page of an answer, and what is too little to go without those who only sound alike.
  enough constant int := 25;
  few constant int := 5;
  led_most constant int := 2000;
  organization uuid := app_organization_id();
  whole text := ' ' || q;
  behind text := ' ' || q || chr(1114111);
  w1 text := '% ' || like_escape(words[1]) || '%';
  w2 text := '% ' || like_escape(words[2]) || '%';
  w3 text := '% ' || like_escape(words[3]) || '%';
  s1 text[] := daitch_mokotoff(words[1]);
  s2 text[] := daitch_mokotoff(words[2]);
  s3 text[] := daitch_mokotoff(words[3]);
  hits uuid[] := '{}';
  ranks int[] := '{}';
  more uuid[];
  lead text;
  is_exact boolean;
begin
  if born is not null then
    -- Few were born on one day, so the day leads and the name filters.
    return query
      select p.id, max(case
        when q is null then 90
        when n.key = whole then 100
        when n.key >= whole and n.key < behind then 90
        when n.key like w1 and (w2 is null or n.key like w2) and (w3 is null or n.key like w3) then 70
        else 50 end)
      from patients p join patient_names n on n.patient_id = p.id
      where p.organization_id = organization and p.status = 'active' and not p.is_confidential
        and (case when length(born) = 10 then p.birth_date = born
             else p.birth_date >= born and p.birth_date < born || '~' end)
        and (q is null or (n.key >= whole and n.key < behind)
             or (n.key like w1 and (w2 is null or n.key like w2) and (w3 is null or n.key like w3))
             or (n.phonetic && s1 and (w2 is null or n.phonetic && s2)
                 and (w3 is null or n.phonetic && s3)))
      group by p.id order by 2 desc, 1 limit most;
    return;
  end if;

  select coalesce(array_agg(f.patient_id), '{}'),
         coalesce(array_agg(case when f.key = whole then 100 else 90 end), '{}')
    into hits, ranks
  from (
    select n.patient_id, n.key from patient_names n
    where n.organization_id = organization and n.key >= whole and n.key < behind
    order by n.key, n.patient_id limit most) f;

  -- Who is called exactly so is not drowned in those who sound alike.
  is_exact := coalesce(100 = any(ranks), false);

  -- Beginnings of several words: the longest leads, for it leaves the fewest to look through.
  if not is_exact and cardinality(hits) < enough and words[2] is not null then
    select ' ' || w into lead from unnest(words) as w order by length(w) desc limit 1;
    select coalesce(array_agg(f.patient_id), '{}') into more from (
      select led.patient_id from (
        select n.patient_id, n.key from patient_names n
        where n.organization_id = organization and n.key >= lead and n.key < lead || chr(1114111)
        limit led_most) led
      where led.key like w1 and led.key like w2 and (w3 is null or led.key like w3)
      limit most) f;
    hits := hits || more;
    ranks := ranks || array_fill(70, array[cardinality(more)]);
  end if;

  if not is_exact and cardinality(hits) < few and s1 is not null then
    select coalesce(array_agg(f.patient_id), '{}') into more from (
      select n.patient_id from patient_names n
      where n.organization_id = organization and n.is_chief and n.phonetic && s1
        and (words[2] is null or n.phonetic && s2) and (words[3] is null or n.phonetic && s3)
      limit most) f;
    hits := hits || more;
    ranks := ranks || array_fill(50, array[cardinality(more)]);
  end if;

  -- Parts of words, and beginnings that the cut above has left out.
  if cardinality(hits) = 0 and length(q) >= 3 then
    select coalesce(array_agg(f.patient_id), '{}') into more from (
      select n.patient_id from patient_names n
      where n.organization_id = organization and n.is_chief
        and n.key like case when words[2] is null then '%' || like_escape(q) || '%' else w1 end
        and (w2 is null or n.key like w2) and (w3 is null or n.key like w3)
      limit most) f;
    hits := hits || more;
    ranks := ranks || array_fill(30, array[cardinality(more)]);
  end if;

  -- Who was called so and was merged away is found as who took over.
  return query
    with recursive chain as (
      select p.id, p.status, p.merged_into, p.is_confidential, h.rank
      from unnest(hits, ranks) as h(id, rank) join patients p on p.id = h.id
      union all
      select p.id, p.status, p.merged_into, p.is_confidential, c.rank
      from chain c join patients p on p.id = c.merged_into
    )
    select c.id, max(c.rank) from chain c
    where c.status = 'active' and not c.is_confidential
    group by c.id order by 2 desc, 1 limit most;
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
       where n.organization_id = organization and n.is_chief
         and n.phonetic @> phonetic_codes(keys[1])
         and cardinality(phonetic_codes(keys[1])) > 1
         and p.birth_date >= left(born, 4) and p.birth_date < left(born, 4) || '~'
         and p.status = 'active'
       limit most)
    ) c limit most;
end $$;

revoke execute on function search_patients, find_duplicate_candidates from public;
grant execute on function search_patients, find_duplicate_candidates to praxis_app;
