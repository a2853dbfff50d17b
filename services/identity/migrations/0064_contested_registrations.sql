-- While several registrations wait for one address, following a link proves whose the address is,
-- but not who chose the password: then the password is set by another link.
alter table registrations add column is_contested boolean not null default false;
grant update (is_contested) on registrations to praxis_app;
