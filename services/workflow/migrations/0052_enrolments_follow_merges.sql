-- Enrolments follow a merge, unless whoever took over is on the same pathway already.
grant update (patient_id) on enrolments to praxis_app;
call follow_patients('enrolments');
