-- Who, beside the staff, may read a version of a document: someone it was shared with, or the
-- patient to whom it was released. A release that was read cannot be taken back.
create table document_shares (
  id uuid primary key,
  organization_id uuid not null,
  document_id uuid not null,
  version int not null,
  user_id uuid not null,
  purpose text not null check (purpose in ('share', 'release')),
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz,
  first_read_at timestamptz,
  revoked_at timestamptz,
  foreign key (document_id, version) references document_versions (document_id, version)
);
create unique index document_shares_once on document_shares (document_id, user_id)
  where revoked_at is null;
create index document_shares_of_user on document_shares (organization_id, user_id, id desc)
  where revoked_at is null;
grant select, insert, update (first_read_at, revoked_at) on document_shares to praxis_app;
call isolate_by_organization('document_shares');
