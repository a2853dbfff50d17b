-- Merges of patients that practice has told of, and which rows each of them moved: exactly these
-- move back when it is undone.
create table patient_merges (
  organization_id uuid not null,
  merge_id uuid not null,
  patient_id uuid not null,
  into_patient_id uuid not null check (into_patient_id <> patient_id),
  merged_at timestamptz not null,
  undone_at timestamptz,
  primary key (organization_id, merge_id)
);
create index patient_merges_in_force on patient_merges (organization_id, patient_id)
  where undone_at is null;

create table patient_merge_rows (
  organization_id uuid not null,
  merge_id uuid not null,
  table_name text not null,
  row_id uuid not null,
  primary key (organization_id, merge_id, table_name, row_id),
  foreign key (organization_id, merge_id) references patient_merges (organization_id, merge_id)
);

grant select, insert, update (undone_at) on patient_merges to praxis_app;
grant select, insert on patient_merge_rows to praxis_app;
call isolate_by_organization('patient_merges');
call isolate_by_organization('patient_merge_rows');

-- Who follows a merge waits for writers that are under way, and new ones wait for it: otherwise a
-- row written at the same moment would stay with a patient who is no longer there.
create function lock_patient_merges(organization uuid, is_shared boolean) returns void
language plpgsql set search_path = public, pg_temp as $$
declare
  key bigint := hashtextextended('patient merges ' || organization, 0);
begin
  if is_shared then
    perform pg_advisory_xact_lock_shared(key);
  else
    perform pg_advisory_xact_lock(key);
  end if;
end $$;

-- A row that comes late for a merged patient goes to whoever took over, and moves back with the
-- rest. The number of hops is bounded: facts that were lost must not make an endless round.
create function follow_patient_merges() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
  merge record;
begin
  perform lock_patient_merges(new.organization_id, true);
  for hop in 1..20 loop
    select m.merge_id, m.into_patient_id into merge
    from patient_merges m
    where m.organization_id = new.organization_id and m.patient_id = new.patient_id
      and m.undone_at is null
    order by m.merged_at desc, m.merge_id desc limit 1;
    exit when not found;
    insert into patient_merge_rows (organization_id, merge_id, table_name, row_id)
    values (new.organization_id, merge.merge_id, tg_table_name, new.id)
    on conflict do nothing;
    new.patient_id := merge.into_patient_id;
  end loop;
  return new;
end $$;

-- For every table whose rows belong to a patient; merges/store.ts moves those that are there.
create procedure follow_patients(table_name regclass) language plpgsql as $$
begin
  execute format(
    'create trigger follow_patient_merges before insert on %s for each row
       when (new.patient_id is not null) execute function follow_patient_merges()', table_name);
end $$;

call follow_patients('tasks');

grant update (patient_id) on tasks to praxis_app;
