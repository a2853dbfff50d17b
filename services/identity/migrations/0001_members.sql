-- Clinics, the people who may sign in, and who belongs where in which role.
create table organizations (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{1,40}$'),
  name text not null,
  created_at timestamptz not null
);

create table users (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  full_name text not null,
  created_at timestamptz not null,
  disabled_at timestamptz
);

-- A PHC string, apart from the user so that a query about people cannot bring it along.
create table credentials (
  user_id uuid primary key references users (id),
  password_hash text not null,
  updated_at timestamptz not null
);

-- The permission version grows with every change of what the membership grants: tokens carry it.
create table memberships (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  user_id uuid not null references users (id),
  role text not null,
  permission_version integer not null default 1,
  started_at timestamptz not null,
  ended_at timestamptz,
  unique (id, organization_id, user_id)
);
create unique index one_live_membership on memberships (organization_id, user_id)
  where ended_at is null;
create index memberships_by_user on memberships (user_id);

call isolate_by_organization('memberships');
-- Someone who works in two clinics may list both.
create policy by_user on memberships for select using (user_id = app_user_id());

alter table organizations enable row level security;
create policy by_member on organizations for select using (
  id = app_organization_id() or app_is_system() or exists (
    select 1 from memberships m
    where m.organization_id = organizations.id and m.user_id = app_user_id()
      and m.ended_at is null));
create policy by_platform on organizations for insert with check (app_is_system());

-- Former members stay visible: audit events and documents still name them.
alter table users enable row level security;
create policy by_member on users for select using (
  id = app_user_id() or app_is_system() or exists (
    select 1 from memberships m
    where m.user_id = users.id and m.organization_id = app_organization_id()));
create policy by_platform on users for insert with check (app_is_system());

alter table credentials enable row level security;
create policy by_platform on credentials using (app_is_system());

grant select, insert on organizations, users, memberships to praxis_app;
grant select, insert, update (password_hash, updated_at) on credentials to praxis_app;
