-- Work for a person, and how far it is.
create table tasks (
  id uuid primary key,
  organization_id uuid not null,
  title text not null,
  state text not null default 'open' check (state in ('open', 'claimed', 'completed', 'cancelled')),
  subject_type text not null,
  subject_id text not null,
  patient_id uuid,
  -- Who may work it: any member with this permission.
  candidate_permission text not null,
  created_at timestamptz not null,
  due_at timestamptz not null,
  claimed_by uuid,
  completed_by uuid,
  completed_at timestamptz,
  outcome text,
  comment text,
  -- Counts the changes, for ETag and If-Match.
  version int not null default 1,
  -- The fact that the task follows from.
  event_id uuid not null,
  unique (organization_id, event_id),
  check ((state = 'claimed') <= (claimed_by is not null)),
  check ((state = 'completed') = (completed_at is not null)),
  check ((completed_at is null) = (completed_by is null))
);
create index tasks_newest on tasks (organization_id, id desc);
create index tasks_by_state on tasks (organization_id, state, id desc);
create index tasks_by_subject on tasks (organization_id, subject_id, id desc);
create index tasks_by_patient on tasks (organization_id, patient_id, id desc)
  where patient_id is not null;
create index tasks_by_claimer on tasks (organization_id, claimed_by, id desc)
  where claimed_by is not null;

grant select, insert,
  update (state, claimed_by, completed_by, completed_at, outcome, comment, version)
  on tasks to praxis_app;
call isolate_by_organization('tasks');
