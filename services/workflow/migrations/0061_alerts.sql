-- How often a clinic wants to be told the same.
create table alert_policies (
  organization_id uuid primary key,
  dedupe_hours int not null,
  encounter_cap int not null,
  demote_share double precision not null,
  demote_after int not null,
  changed_by uuid not null,
  changed_at timestamptz not null
);
grant select, insert, update on alert_policies to praxis_app;
call isolate_by_organization('alert_policies');

-- Everything that a rule wanted to say, shown or not, and what people made of it.
create table alerts (
  -- The card's uuid.
  id uuid primary key,
  organization_id uuid not null,
  rule_id uuid not null references decision_rules (id),
  key text not null,
  version int not null,
  indicator text not null check (indicator in ('info', 'warning', 'critical')),
  summary text not null,
  -- An own patient's id, or what the client's FHIR server calls them.
  patient_id text,
  encounter_id text,
  user_ref text,
  client_id uuid,
  hook text,
  disposition text not null check (disposition in ('shown', 'duplicate', 'capped', 'shadow')),
  is_demoted boolean not null,
  fact_hash text not null,
  -- The value by which it gets worse, always upwards.
  worse double precision,
  output jsonb,
  inputs jsonb not null,
  override_reasons jsonb not null,
  suggestions jsonb not null,
  outcome text check (outcome in ('accepted', 'overridden')),
  reason_code text,
  comment text,
  acted_by text,
  acted_at timestamptz,
  created_at timestamptz not null,
  check ((outcome is null) = (acted_at is null))
);
create index alerts_newest on alerts (organization_id, id desc);
create index alerts_of_patient on alerts (organization_id, patient_id, id desc);
create index alerts_of_rule on alerts (organization_id, key, created_at desc);
grant select, insert,
  update (outcome, reason_code, comment, acted_by, acted_at) on alerts to praxis_app;
call isolate_by_organization('alerts');

-- One row per call of a hook: what was known, and what each rule made of it, for replays.
create table hook_calls (
  id uuid primary key,
  organization_id uuid not null,
  client_id uuid,
  hook text not null,
  patient_id text,
  encounter_id text,
  facts jsonb not null,
  -- Rule id → f(ired), n(ot fired), i(ndeterminate), t(imed out).
  results jsonb not null,
  at timestamptz not null
);
create index hook_calls_newest on hook_calls (organization_id, hook, at desc);
grant select, insert on hook_calls to praxis_app;
call isolate_by_organization('hook_calls');
