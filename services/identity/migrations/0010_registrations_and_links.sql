-- Someone who wants an account. There is no user before the address has been verified, so nothing
-- can be done with an unverified one; several may wait for one address, each with its own link.
create table registrations (
  id uuid primary key,
  email text not null check (email = lower(email)),
  full_name text not null,
  password_hash text not null,
  organization_name text,
  token_hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index registrations_by_email on registrations (email, created_at);

-- The one live link of its kind that a user was mailed: a newer one takes the older one's place.
create table mailed_links (
  kind text not null check (kind in ('password-reset', 'email-change')),
  user_id uuid not null references users (id),
  token_hash bytea not null unique,
  -- Where an e-mail change leads.
  email text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (kind, user_id)
);

alter table registrations enable row level security;
create policy by_platform on registrations using (app_is_system());
alter table mailed_links enable row level security;
create policy by_platform on mailed_links using (app_is_system());
create policy by_platform_changed on users for update using (app_is_system());

grant select, insert, delete, update (token_hash, expires_at) on registrations to praxis_app;
grant select, insert, delete, update (token_hash, email, created_at, expires_at)
  on mailed_links to praxis_app;
grant update (email) on users to praxis_app;

-- A person's own trail runs through the chains of every clinic of theirs.
create index audit_events_by_actor on audit_events (actor_id, id);
create index audit_events_by_user on audit_events (subject_id, id) where subject_type = 'user';
