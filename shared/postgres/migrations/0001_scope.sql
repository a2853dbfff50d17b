-- Whose rows this transaction may see. An unset or rolled-back setting is '' and matches nothing.
create function app_organization_id() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.organization_id', true), '')::uuid $$;

create function app_user_id() returns uuid language sql stable parallel safe as
  $$ select nullif(current_setting('app.user_id', true), '')::uuid $$;

create function app_is_system() returns boolean language sql stable parallel safe as
  $$ select coalesce(current_setting('app.scope', true), '') = 'system' $$;

-- Gives `table_name` the one policy that every table with an organization_id has.
create procedure isolate_by_organization(table_name regclass) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', table_name);
  execute format(
    'create policy by_organization on %s using (organization_id = app_organization_id() or app_is_system())',
    table_name);
end $$;

grant usage on schema public to praxis_app;
