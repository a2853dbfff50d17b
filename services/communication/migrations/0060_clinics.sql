-- By what name a clinic speaks to its patients. A clinic without a row speaks without one.
create table clinics (
  organization_id uuid primary key,
  name text not null check (length(name) between 1 and 200)
);
grant select, insert, delete on clinics to praxis_app;
call isolate_by_organization('clinics');
