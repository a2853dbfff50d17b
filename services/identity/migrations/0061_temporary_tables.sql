-- What acts with the owner's rights finds no temporary table of the caller's in place of ours:
-- Postgres looks among those first, unless they are named last.
alter function tell_membership_change() set search_path = public, pg_temp;
alter function tell_user_change() set search_path = public, pg_temp;
alter function prune(timestamptz, timestamptz, int) set search_path = public, pg_temp;
alter function forget_link() set search_path = public, pg_temp;
