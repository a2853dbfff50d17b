-- More that a user can do with what they were told: seen, archived, acted upon.
alter table notifications
  add column body text,
  add column category text,
  -- [{"key","label"}]
  add column actions jsonb not null default '[]',
  add column action_taken text,
  add column action_at timestamptz,
  add column seen_at timestamptz,
  add column archived_at timestamptz;
grant update (read_at, seen_at, archived_at, action_taken, action_at) on notifications to praxis_app;

-- What simulated providers took in, as a person would see it. In development only.
alter table mails
  add column channel text not null default 'email',
  add column sender text,
  add column html text;
