-- What acts with the owner's rights finds no temporary table of the caller's in place of ours:
-- Postgres looks among those first, unless they are named last.
alter function purge_events(timestamptz, timestamptz, int) set search_path = public, pg_temp;
