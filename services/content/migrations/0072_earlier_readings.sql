-- Whether an earlier reading of the version succeeded: what it found stays when a later one fails.
alter table document_versions add column was_read boolean not null default false;
grant update (was_read) on document_versions to praxis_app;
