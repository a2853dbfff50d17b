-- An enrolment ends with its run.
create index enrolments_by_run on enrolments (organization_id, run_id);
