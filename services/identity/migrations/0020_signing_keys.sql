-- The keys that sign tokens: published before they sign, and until all they signed has expired.
create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  -- AES-256-GCM under a key made from ENCRYPTION_KEY, with the kid as additional data. It goes
  -- when the key signs no more.
  sealed_private_jwk bytea,
  state text not null check (state in ('next', 'current', 'retiring', 'retired')),
  published_at timestamptz not null,
  activated_at timestamptz,
  retiring_at timestamptz,
  retired_at timestamptz,
  check ((sealed_private_jwk is not null) = (state in ('next', 'current')))
);
create unique index one_current_signing_key on signing_keys (state) where state = 'current';

-- No organization's: a clinic's transaction sees none of it.
alter table signing_keys enable row level security;
create policy by_platform on signing_keys using (app_is_system());

grant select, insert on signing_keys to praxis_app;
grant update (state, sealed_private_jwk, activated_at, retiring_at, retired_at)
  on signing_keys to praxis_app;
