-- What sagas need to found a clinic and take that back, and to end a membership and take that back.
-- Roles are changed elsewhere: an ended membership comes back as it was.
grant update (ended_at, permission_version) on memberships to praxis_app;

-- A clinic that nobody has ever belonged to can go again. The foreign key of memberships keeps all
-- others.
grant delete on organizations to praxis_app;
create policy by_platform_for_delete on organizations for delete using (app_is_system());
