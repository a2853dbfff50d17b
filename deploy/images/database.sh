#!/bin/sh
# The roles of one service's database, run once by Postgres' image in an empty cluster: one role owns
# the tables, another uses them and owns nothing, so that row-level security holds for it.
# From the environment: SERVICE, POSTGRES_DB, OWNER_PASSWORD, USER_PASSWORD.
set -eu
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" \
  --dbname="$POSTGRES_DB" --set=database="$POSTGRES_DB" \
  --set=owner="${SERVICE}_owner" --set=owner_password="$OWNER_PASSWORD" \
  --set=user="${SERVICE}_user" --set=user_password="$USER_PASSWORD" <<'SQL'
create role praxis_app nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
create role :"owner" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
  password :'owner_password';
create role :"user" login nosuperuser nocreatedb nocreaterole noreplication nobypassrls
  password :'user_password' in role praxis_app;
alter database :"database" owner to :"owner";
revoke all on database postgres from public;
revoke all on database template1 from public;
revoke all on database :"database" from public;
grant connect on database :"database" to praxis_app;
revoke create on schema public from public;
SQL
