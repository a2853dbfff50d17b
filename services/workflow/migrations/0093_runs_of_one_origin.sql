-- How many runs one request has set going through others: definitions that start one another are
-- stopped. Runs that people or facts start directly are not counted.
create index runs_of_one_origin on runs (organization_id, request_id, created_at) where depth > 1;

-- A step that moves to another version may stand where another has stood before.
grant update (visit) on run_steps to praxis_app;
