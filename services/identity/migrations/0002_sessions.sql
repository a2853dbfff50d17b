-- A session is one signed-in device. What it was proven with travels in its access tokens.
create table sessions (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  membership_id uuid not null,
  client text not null check (client in ('web', 'api')),
  user_agent text not null,
  acr text not null,
  amr text[] not null,
  authenticated_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  foreign key (membership_id, organization_id, user_id)
    references memberships (id, organization_id, user_id)
);
create index sessions_by_user on sessions (user_id) where revoked_at is null;

-- Every refresh token a session ever had, as its SHA-256. The unique parent is what makes two
-- children of one token impossible, whatever the code does.
create table refresh_tokens (
  id uuid primary key,
  organization_id uuid not null,
  session_id uuid not null references sessions (id),
  parent_id uuid unique references refresh_tokens (id),
  token_hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_by_session on refresh_tokens (session_id);

-- What other services must stop believing although a signed token still says so. Rows are
-- inserted under an advisory lock: whoever has read number n has missed none before it.
create table revocations (
  seq bigint generated always as identity primary key,
  organization_id uuid not null,
  kind text not null check (kind in ('session', 'membership')),
  subject_id uuid not null,
  permission_version integer,
  at timestamptz not null
);

call isolate_by_organization('sessions');
call isolate_by_organization('refresh_tokens');
call isolate_by_organization('revocations');
-- A user sees their own devices in every clinic.
create policy by_user on sessions for select using (user_id = app_user_id());

grant select, insert, update (last_used_at, revoked_at) on sessions to praxis_app;
grant select, insert, update (used_at) on refresh_tokens to praxis_app;
grant select, insert on revocations to praxis_app;
