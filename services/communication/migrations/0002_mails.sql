-- Letters that were asked for, as they were sent. Written in development only: their links are keys.
create table mails (
  id uuid primary key,
  organization_id uuid not null,
  recipient text not null,
  subject text not null,
  body text not null,
  at timestamptz not null
);
create index mails_by_recipient on mails (recipient, id);
call isolate_by_organization('mails');
grant select, insert on mails to praxis_app;
