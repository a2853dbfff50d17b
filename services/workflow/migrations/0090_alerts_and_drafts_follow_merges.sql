-- What assistants were asked and what people signed follow a merge, and so do alerts of our own
-- patients. A client's alerts carry the id by which that client knows its patient: they stay.
create or replace function follow_patient_merges() returns trigger
language plpgsql set search_path = public, pg_temp as $$
declare
  merge record;
begin
  perform lock_patient_merges(new.organization_id, true);
  for hop in 1..20 loop
    select m.merge_id, m.into_patient_id into merge
    from patient_merges m
    where m.organization_id = new.organization_id and m.patient_id = new.patient_id::uuid
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

create trigger follow_patient_merges before insert on alerts for each row
  when (new.patient_id is not null and new.client_id is null)
  execute function follow_patient_merges();
call follow_patients('assistance_calls');
call follow_patients('assistance_proposals');
call follow_patients('assistance_papers');

grant update (patient_id) on alerts to praxis_app;
grant update (patient_id) on assistance_calls to praxis_app;
grant update (patient_id) on assistance_proposals to praxis_app;
grant update (patient_id) on assistance_papers to praxis_app;

create index assistance_calls_of_patient on assistance_calls (organization_id, patient_id)
  where patient_id is not null;
create index assistance_proposals_of_patient on assistance_proposals
  (organization_id, patient_id, id desc) where patient_id is not null;
create index assistance_papers_of_patient on assistance_papers (organization_id, patient_id)
  where patient_id is not null;
