-- Programs of others that call our hooks, known by the keys that they sign with.
create table cds_clients (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  issuer text not null,
  -- The claim by which one issuer speaks for several clinics; empty without it.
  tenant text not null default '',
  -- A JSON Web Key Set of public keys. It is never fetched.
  keys jsonb not null,
  -- The address that its tokens may name; nothing is fetched from there.
  jku text,
  created_by uuid not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);
create unique index cds_clients_in_force on cds_clients (issuer, tenant) where revoked_at is null;
create index cds_clients_newest on cds_clients (organization_id, id desc);
grant select, insert, update (revoked_at) on cds_clients to praxis_app;
call isolate_by_organization('cds_clients');

-- Tokens that were used: none is taken twice.
create table cds_tokens (
  organization_id uuid not null,
  client_id uuid not null references cds_clients (id),
  jti_sha256 text not null,
  expires_at timestamptz not null,
  primary key (client_id, jti_sha256)
);
create index cds_tokens_expired on cds_tokens (expires_at);
-- Those that are over are removed by whoever can lock them; nothing is ever written anew.
grant select, insert, update (expires_at), delete on cds_tokens to praxis_app;
call isolate_by_organization('cds_tokens');
