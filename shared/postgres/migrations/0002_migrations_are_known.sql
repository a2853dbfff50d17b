-- A service compares what has been applied with what it knows before it starts.
alter table migrations add column if not exists is_contract boolean not null default false;
grant select on migrations to praxis_app;
