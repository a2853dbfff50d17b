-- Patients on pathways. What happens by itself is a run; this is what people decide about it.
create table enrolments (
  id uuid primary key,
  organization_id uuid not null,
  patient_id uuid not null,
  definition_id uuid not null references definitions (id),
  key text not null,
  version int not null,
  status text not null default 'active' check (status in (
    'active', 'on_hold', 'completed', 'withdrawn', 'transferred', 'entered_in_error'
  )),
  reason text,
  run_id uuid not null references runs (id),
  -- What was known when it began, and what could not be told.
  eligibility jsonb not null,
  index_on date not null,
  enrolled_by uuid not null,
  created_at timestamptz not null,
  ended_at timestamptz
);
create unique index enrolments_active on enrolments (organization_id, patient_id, key)
  where status in ('active', 'on_hold');
create index enrolments_newest on enrolments (organization_id, id desc);

create table enrolment_variances (
  id uuid primary key,
  organization_id uuid not null,
  enrolment_id uuid not null references enrolments (id),
  step text not null,
  type text not null check (type in ('early', 'late', 'omitted', 'added', 'substituted')),
  cause text not null check (cause in ('patient', 'clinician', 'system', 'clinical', 'social')),
  code text,
  note text,
  recorded_by uuid not null,
  at timestamptz not null
);
create index enrolment_variances_of on enrolment_variances (enrolment_id, id);

create table enrolment_goals (
  id uuid primary key,
  organization_id uuid not null,
  enrolment_id uuid not null references enrolments (id),
  goal text not null,
  -- As the laboratory has written it.
  value text not null,
  unit text,
  is_met boolean,
  measured_on date not null,
  recorded_by uuid not null,
  at timestamptz not null
);
create index enrolment_goals_of on enrolment_goals (enrolment_id, id);

grant select, insert, update (status, reason, ended_at) on enrolments to praxis_app;
grant select, insert on enrolment_variances, enrolment_goals to praxis_app;
call isolate_by_organization('enrolments');
call isolate_by_organization('enrolment_variances');
call isolate_by_organization('enrolment_goals');
