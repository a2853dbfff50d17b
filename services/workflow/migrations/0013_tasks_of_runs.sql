-- Tasks that a run has opened: who may work them, what they ask, and how pressing they are.
alter table tasks
  add column run_id uuid references runs (id),
  add column step_id uuid references run_steps (id),
  -- Names of groups of members; none: whoever has the permission.
  add column pools text[] not null default '{}',
  add column priority text not null default 'normal'
    check (priority in ('low', 'normal', 'high', 'critical')),
  -- A JSON schema of what is to be filled in, or the name of a form.
  add column form jsonb,
  add column outcomes text[] not null default '{}',
  add column data jsonb,
  add column is_four_eyes boolean not null default false,
  -- Of two pairs of eyes, the first; the outcome counts when the second says the same.
  add column proposed_by uuid,
  add column snoozed_until timestamptz,
  add column escalation_level int not null default 0;
create index tasks_by_step on tasks (organization_id, step_id) where step_id is not null;

create table task_comments (
  id uuid primary key,
  organization_id uuid not null,
  task_id uuid not null references tasks (id),
  author_id uuid not null,
  text text not null,
  at timestamptz not null
);
create index task_comments_of on task_comments (task_id, id);

create table task_pools (
  organization_id uuid not null,
  name text not null,
  members uuid[] not null,
  primary key (organization_id, name)
);

grant update (data, proposed_by, snoozed_until, escalation_level, pools, priority) on tasks
  to praxis_app;
grant select, insert on task_comments to praxis_app;
grant select, insert, update on task_pools to praxis_app;
call isolate_by_organization('task_comments');
call isolate_by_organization('task_pools');
