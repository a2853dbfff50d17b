-- Of a document that was filed for a patient the other services are told once it is known whether it
-- is that patient's: a task in a wrong chart cannot be called back.
alter table documents
  -- As it was asked for. `patient_id` follows merges; whoever is told follows them by themselves.
  add column filed_for uuid,
  -- The request that brought the present version, for those who hear of it later.
  add column request_id text check (length(request_id) <= 100),
  -- Whether the other services have been told of the present version, where it is not the first.
  add column is_version_told boolean not null default true,
  -- False: told while it lay in quarantine, without a patient.
  add column is_chart_told boolean not null default true;
