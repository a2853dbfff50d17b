-- Programs of others that a clinic lets in (RFC 6749), and what they were given.
create table oauth_clients (
  id uuid primary key,
  organization_id uuid not null references organizations (id),
  name text not null,
  kind text not null check (kind in ('public', 'confidential')),
  -- SHA-256: the secret is 256 random bits.
  secret_hash bytea,
  redirect_uris text[] not null,
  -- The permissions it may ask for; what it gets is also bounded by what its user has.
  permissions text[] not null,
  created_by uuid not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  check ((secret_hash is not null) = (kind = 'confidential'))
);
create index oauth_clients_by_organization on oauth_clients (organization_id, id)
  where removed_at is null;

-- What a user granted to a client. It lives and ends as a session, in the list of their devices.
create table oauth_grants (
  session_id uuid primary key references sessions (id),
  organization_id uuid not null,
  client_id uuid not null references oauth_clients (id),
  scope text[] not null
);
create index oauth_grants_by_client on oauth_grants (client_id);

create table oauth_codes (
  code_hash bytea primary key,
  organization_id uuid not null,
  client_id uuid not null references oauth_clients (id),
  -- The session in which the user agreed.
  session_id uuid not null references sessions (id),
  redirect_uri text not null,
  code_challenge text not null,
  scope text[] not null,
  nonce text,
  expires_at timestamptz not null,
  used_at timestamptz,
  grant_id uuid references oauth_grants (session_id)
);
create index oauth_codes_by_age on oauth_codes (client_id, expires_at);

-- Apart from those of our own programs: one of these is worth a scope, not a whole session.
create table oauth_refresh_tokens (
  id uuid primary key,
  organization_id uuid not null,
  session_id uuid not null references oauth_grants (session_id),
  parent_id uuid unique references oauth_refresh_tokens (id),
  token_hash bytea not null unique,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index oauth_refresh_tokens_by_session on oauth_refresh_tokens (session_id);

call isolate_by_organization('oauth_clients');
call isolate_by_organization('oauth_grants');
call isolate_by_organization('oauth_codes');
call isolate_by_organization('oauth_refresh_tokens');

grant select, insert, update (removed_at) on oauth_clients to praxis_app;
grant select, insert on oauth_grants to praxis_app;
grant select, insert, delete, update (used_at, grant_id) on oauth_codes to praxis_app;
grant select, insert, update (used_at) on oauth_refresh_tokens to praxis_app;
