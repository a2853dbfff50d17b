-- A version that an instance of the release before has read is told of by nobody: each minute it is
-- looked for. The index holds but what waits to be read.
create index documents_untold_versions on documents (organization_id, id) where not is_version_told;
