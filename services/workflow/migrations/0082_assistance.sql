-- Every call of an assistant: who, what for, with which prompt, of whom. No text of a patient.
create table assistance_calls (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  task text not null,
  patient_id uuid,
  prompt_version int not null,
  prompt_sha256 text not null,
  provider text not null,
  model text not null,
  -- Null while it is under way.
  outcome text,
  detail text,
  findings jsonb not null default '[]',
  -- Of what left the clinic, when something did.
  payload_sha256 text,
  attempts int not null default 0,
  input_tokens int not null default 0,
  output_tokens int not null default 0,
  -- How much was taken out before, by kind, and how much the task did not need.
  hidden jsonb not null default '{}',
  left_out int not null default 0,
  idempotency_key text,
  fingerprint text not null,
  request_id text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  unique (organization_id, user_id, idempotency_key)
);
create index assistance_calls_newest on assistance_calls (organization_id, id desc);

-- Drafts. They change nothing until a person who may do so accepts one.
create table assistance_proposals (
  id uuid primary key,
  organization_id uuid not null,
  call_id uuid not null unique references assistance_calls (id),
  task text not null,
  patient_id uuid,
  provider text not null,
  -- Why our own rules drafted it, when a model should have.
  instead_of text,
  status text not null default 'proposed'
    check (status in ('proposed', 'accepting', 'accepted', 'rejected')),
  version int not null default 1,
  material jsonb not null,
  output jsonb not null,
  -- What a person made of it.
  edited jsonb,
  warnings jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  reason text,
  effect jsonb,
  check ((status = 'proposed') = (decided_by is null)),
  check ((status = 'rejected') = (reason is not null)),
  check ((status = 'accepted') = (effect is not null))
);
create index assistance_proposals_newest on assistance_proposals (organization_id, id desc);

-- What a person has put their name to. It does not change any more.
create table assistance_papers (
  id uuid primary key,
  organization_id uuid not null,
  proposal_id uuid not null unique references assistance_proposals (id),
  patient_id uuid,
  task text not null,
  title text not null,
  text text not null,
  sha256 text not null,
  signed_by uuid not null,
  signed_at timestamptz not null
);
create index assistance_papers_newest on assistance_papers (organization_id, id desc);

grant select, insert, update (provider, model, outcome, detail, findings, payload_sha256, attempts,
  input_tokens, output_tokens, hidden, left_out, ended_at) on assistance_calls to praxis_app;
grant select, insert, update (status, version, edited, warnings, decided_by, decided_at, reason,
  effect) on assistance_proposals to praxis_app;
grant select, insert on assistance_papers to praxis_app;
call isolate_by_organization('assistance_calls');
call isolate_by_organization('assistance_proposals');
call isolate_by_organization('assistance_papers');
