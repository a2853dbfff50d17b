-- Second factors. A secret is encrypted (AES-256-GCM); a public key needs no hiding.
create table factors (
  id uuid primary key,
  user_id uuid not null references users (id),
  kind text not null check (kind in ('totp', 'passkey')),
  name text not null,
  secret bytea,
  -- The last time step whose code was accepted: a code counts only when it is later than this.
  last_step bigint,
  credential_id text unique,
  public_key bytea,
  sign_count bigint,
  transports text[],
  created_at timestamptz not null,
  -- Null while it has not shown its first code.
  confirmed_at timestamptz,
  last_used_at timestamptz,
  check ((kind = 'totp') = (secret is not null)),
  check ((kind = 'passkey') = (credential_id is not null and public_key is not null))
);
create index factors_by_user on factors (user_id);

-- 120 random bits each, so that SHA-256 is hash enough (ASVS 6.5.2).
create table recovery_codes (
  user_id uuid not null references users (id),
  code_hash bytea not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);

-- What stands between a right password and a session, or between a browser and its passkey.
create table challenges (
  id uuid primary key,
  token_hash bytea not null unique,
  kind text not null check (kind in ('second-factor', 'passkey-sign-in', 'passkey-step-up',
                                     'passkey-enrolment')),
  user_id uuid references users (id),
  membership_id uuid references memberships (id),
  client text,
  user_agent text not null,
  webauthn_challenge text,
  attempts integer not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- How often a user's second factor was tried lately, across challenges and factors. Not in Redis:
-- six digits must not become guessable because a cache is away.
create table factor_attempts (
  user_id uuid primary key references users (id),
  started_at timestamptz not null,
  count integer not null
);

-- When the user proved themselves again within a session; only such a session may enrol a first
-- factor or change what an account is recovered by.
alter table sessions add column stepped_up_at timestamptz;

-- What a clinic asks beyond the platform's own floor.
create table security_policies (
  organization_id uuid primary key references organizations (id),
  second_factor text not null check (second_factor in ('optional', 'required', 'passkey')),
  session_minutes integer not null check (session_minutes between 5 and 720),
  idle_minutes integer not null check (idle_minutes between 5 and 480),
  version integer not null,
  updated_at timestamptz not null
);

alter table factors enable row level security;
create policy by_platform on factors using (app_is_system());
alter table recovery_codes enable row level security;
create policy by_platform on recovery_codes using (app_is_system());
alter table challenges enable row level security;
create policy by_platform on challenges using (app_is_system());
alter table factor_attempts enable row level security;
create policy by_platform on factor_attempts using (app_is_system());
call isolate_by_organization('security_policies');

grant select, insert, delete, update (name, last_step, sign_count, confirmed_at, last_used_at)
  on factors to praxis_app;
grant select, insert, delete, update (used_at) on recovery_codes to praxis_app;
grant select, insert, update (webauthn_challenge, attempts, used_at) on challenges to praxis_app;
grant select, insert, delete, update (started_at, count) on factor_attempts to praxis_app;
grant select, insert, update (second_factor, session_minutes, idle_minutes, version, updated_at)
  on security_policies to praxis_app;
