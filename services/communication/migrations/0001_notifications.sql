-- What a user is told inside Praxis: one row per user and event.
create table notifications (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid not null,
  kind text not null,
  title text not null,
  subject_type text not null,
  subject_id text not null,
  patient_id uuid,
  event_id uuid not null,
  created_at timestamptz not null,
  read_at timestamptz,
  unique (event_id, user_id)
);
create index notifications_by_user on notifications (organization_id, user_id, id desc);
create index notifications_unread on notifications (organization_id, user_id, id desc)
  where read_at is null;

grant select, insert, update (read_at) on notifications to praxis_app;
call isolate_by_organization('notifications');

-- A user sees their own; what acts for the whole organization names no user and sees them all.
create policy by_user on notifications as restrictive
  using (app_user_id() is null or user_id = app_user_id());
