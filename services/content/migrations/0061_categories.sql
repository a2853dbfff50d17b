-- What a clinic calls its kinds of documents, in its own order. A document's category stays free
-- text: these are offered where one is filed.
create table document_categories (
  organization_id uuid not null,
  name text not null check (length(name) between 1 and 100),
  position int not null,
  primary key (organization_id, name)
);
grant select, insert, delete on document_categories to praxis_app;
call isolate_by_organization('document_categories');
