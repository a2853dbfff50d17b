-- What a clinic wants to be told. Once it has been handed in, a version never changes.
create table decision_rules (
  id uuid primary key,
  organization_id uuid not null,
  key text not null,
  version int not null,
  state text not null default 'draft'
    check (state in ('draft', 'submitted', 'active', 'shadow', 'retired')),
  title text not null,
  document jsonb not null,
  sha256 text not null,
  hooks text[] not null,
  -- From then on its owner is reminded; it goes on.
  review_on date,
  created_by uuid not null,
  created_at timestamptz not null,
  submitted_by uuid,
  approved_by uuid,
  approved_at timestamptz,
  -- It took too long this often since it was last let run.
  timeouts int not null default 0,
  quarantined_at timestamptz,
  unique (organization_id, key, version),
  check ((state in ('draft', 'submitted')) <= (approved_by is null)),
  check ((state in ('active', 'shadow')) <= (approved_by is not null)),
  -- Two people: neither who has written it nor who has handed it in.
  check (approved_by is null or (approved_by <> created_by and approved_by <> submitted_by))
);
create unique index decision_rules_active on decision_rules (organization_id, key)
  where state = 'active';
create unique index decision_rules_draft on decision_rules (organization_id, key)
  where state in ('draft', 'submitted');
create index decision_rules_newest on decision_rules (organization_id, id desc);
create index decision_rules_by_hook on decision_rules using gin (hooks)
  where state in ('active', 'shadow');

create function keep_decision_rule() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and
    (new.document, new.sha256, new.title, new.hooks, new.review_on, new.created_by) is distinct from
    (old.document, old.sha256, old.title, old.hooks, old.review_on, old.created_by) then
    raise exception 'a rule that was handed in does not change';
  end if;
  return new;
end $$;
create trigger keep_decision_rule before update on decision_rules
  for each row execute function keep_decision_rule();

grant select, insert,
  update (state, title, document, sha256, hooks, review_on, created_by, submitted_by, approved_by,
          approved_at, timeouts, quarantined_at)
  on decision_rules to praxis_app;
call isolate_by_organization('decision_rules');
