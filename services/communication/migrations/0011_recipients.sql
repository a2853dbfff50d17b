-- Whom messages go to, where they are reached, and what they have said about it.
create table recipients (
  organization_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('patient', 'user')),
  locale text,
  time_zone text,
  quiet_from time,
  quiet_to time,
  channel_order text[],
  updated_at timestamptz not null,
  primary key (organization_id, id)
);
grant select, insert, update on recipients to praxis_app;
call isolate_by_organization('recipients');

create table contact_points (
  id uuid primary key,
  organization_id uuid not null,
  recipient_id uuid not null,
  channel text not null check (channel in ('email', 'sms', 'push')),
  -- E.164, an address of RFC 5321, or a device's token.
  address text not null,
  -- Keyed, so that what was said about an address holds without writing the address down again.
  address_hash text not null,
  country text,
  state text not null check (state in ('verified', 'unverified', 'wrong', 'gone')),
  created_at timestamptz not null,
  unique (organization_id, recipient_id, channel, address_hash),
  foreign key (organization_id, recipient_id) references recipients (organization_id, id)
);
create index contact_points_by_hash on contact_points (organization_id, address_hash);
grant select, insert, update, delete on contact_points to praxis_app;
call isolate_by_organization('contact_points');

-- Who is told in a patient's place.
create table guardians (
  organization_id uuid not null,
  patient_id uuid not null,
  guardian_id uuid not null,
  -- Null: until revoked.
  ends_at timestamptz,
  primary key (organization_id, patient_id, guardian_id),
  foreign key (organization_id, guardian_id) references recipients (organization_id, id)
);
grant select, insert, update, delete on guardians to praxis_app;
call isolate_by_organization('guardians');

create table preferences (
  organization_id uuid not null,
  recipient_id uuid not null,
  category text not null,
  channel text not null,
  is_allowed boolean not null,
  source text not null,
  at timestamptz not null,
  primary key (organization_id, recipient_id, category, channel)
);
grant select, insert, update, delete on preferences to praxis_app;
call isolate_by_organization('preferences');

-- Append-only: no right to change a row is given to anyone but the owner of the table.
create table consents (
  id uuid primary key,
  organization_id uuid not null,
  recipient_id uuid not null,
  channel text not null,
  purpose text not null,
  decision text not null check (decision in ('granted', 'revoked')),
  source text not null,
  wording text,
  actor_id text,
  evidence jsonb not null,
  at timestamptz not null
);
create index consents_by_recipient
  on consents (organization_id, recipient_id, channel, purpose, id desc);
grant select, insert on consents to praxis_app;
call isolate_by_organization('consents');

-- An address that is not written to, whoever it belongs to. `scope` is a category or 'all'.
create table suppressions (
  id uuid primary key,
  organization_id uuid not null,
  channel text not null,
  address_hash text not null,
  scope text not null,
  reason text not null
    check (reason in ('bounce', 'complaint', 'stop', 'unsubscribe', 'wrong', 'manual')),
  created_at timestamptz not null,
  lifted_at timestamptz
);
create unique index suppressions_active
  on suppressions (organization_id, channel, address_hash, scope, reason) where lifted_at is null;
grant select, insert, update (lifted_at) on suppressions to praxis_app;
call isolate_by_organization('suppressions');
