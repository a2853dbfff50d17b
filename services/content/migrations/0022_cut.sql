-- What of a file was more than is kept beside its bytes: text, rows, structure, patient.
alter table document_versions add column cut text[] not null default '{}';
grant update (cut) on document_versions to praxis_app;
