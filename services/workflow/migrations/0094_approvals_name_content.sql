-- An approval says exactly which content was approved: the hash of it, as the approver has named it.
-- What lets a version run is that hash, not the row: other content has no approval.
-- contract: only an approval by an instance of the release before is refused, until the rollout has ended
alter table definitions add column approved_sha256 text;
alter table decision_rules add column approved_sha256 text;
alter table protocols add column approved_sha256 text;
-- Until now an approval was of the content that could not change since it was handed in.
update definitions set approved_sha256 = sha256 where approved_by is not null;
update decision_rules set approved_sha256 = sha256 where approved_by is not null;

alter table definitions add constraint definitions_approved_content check (
  state not in ('active', 'shadow') or coalesce(approved_sha256 = sha256, false));
alter table decision_rules add constraint decision_rules_approved_content check (
  state not in ('active', 'shadow') or coalesce(approved_sha256 = sha256, false));

grant update (approved_sha256) on definitions, decision_rules, protocols to praxis_app;
