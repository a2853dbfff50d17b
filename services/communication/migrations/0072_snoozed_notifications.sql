-- Put off by its reader: not in the list, and not counted, until then.
alter table notifications add column snoozed_until timestamptz;
grant update (snoozed_until) on notifications to praxis_app;
