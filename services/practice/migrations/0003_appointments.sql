-- Who is seen by whom, where and when. No practitioner and no room is ever booked twice: the
-- database itself refuses it.
create table appointment_series (
  id uuid primary key,
  organization_id uuid not null,
  created_at timestamptz not null,
  unique (organization_id, id)
);

create table appointments (
  id uuid primary key,
  organization_id uuid not null,
  patient_id uuid not null,
  practitioner_id uuid not null,
  location_id uuid,
  series_id uuid,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- The time that is gone for others: with the buffers that held when it was booked.
  occupies tstzrange not null,
  is_room boolean not null,
  status text not null default 'booked' check (
    status in ('booked', 'confirmed', 'arrived', 'fulfilled', 'cancelled', 'missed')),
  reason text,
  cancellation_reason text,
  version int not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (organization_id, id),
  check (ends_at > starts_at),
  check (occupies @> tstzrange(starts_at, ends_at)),
  check (is_room <= (location_id is not null)),
  foreign key (organization_id, patient_id) references patients (organization_id, id),
  foreign key (organization_id, practitioner_id) references practitioners (organization_id, id),
  foreign key (organization_id, location_id) references locations (organization_id, id),
  foreign key (organization_id, series_id) references appointment_series (organization_id, id),
  constraint appointments_practitioner_once
    exclude using gist (practitioner_id with =, occupies with &&)
    where (status not in ('cancelled', 'missed')),
  constraint appointments_room_once
    exclude using gist (location_id with =, tstzrange(starts_at, ends_at) with &&)
    where (is_room and status not in ('cancelled', 'missed'))
);
create index appointments_in_order on appointments (organization_id, starts_at, id);
create index appointments_by_practitioner on appointments (practitioner_id, starts_at, id);
create index appointments_by_patient on appointments (patient_id, starts_at, id);
create index appointments_by_series on appointments (series_id) where series_id is not null;

create table waiting_entries (
  id uuid primary key,
  organization_id uuid not null,
  patient_id uuid not null,
  practitioner_id uuid,
  duration_minutes int not null,
  earliest_on date not null,
  latest_on date not null,
  note text,
  status text not null default 'waiting' check (status in ('waiting', 'booked', 'withdrawn')),
  appointment_id uuid,
  created_at timestamptz not null,
  foreign key (organization_id, patient_id) references patients (organization_id, id),
  foreign key (organization_id, practitioner_id) references practitioners (organization_id, id),
  foreign key (organization_id, appointment_id) references appointments (organization_id, id),
  check ((status = 'booked') = (appointment_id is not null))
);
create index waiting_entries_in_order on waiting_entries (organization_id, id)
  where status = 'waiting';
create index waiting_entries_by_patient on waiting_entries (patient_id);

-- Two patients that turned out to be one. Holds exactly what moved, so that it can move back.
create table merges (
  id uuid primary key,
  organization_id uuid not null,
  patient_id uuid not null,
  into_patient_id uuid not null,
  reason text,
  moved jsonb not null,
  merged_at timestamptz not null,
  merged_by uuid not null,
  undone_at timestamptz,
  undone_by uuid,
  foreign key (organization_id, patient_id) references patients (organization_id, id),
  foreign key (organization_id, into_patient_id) references patients (organization_id, id)
);
create index merges_by_patient on merges (patient_id);
create index merges_by_successor on merges (into_patient_id);
create index merges_newest on merges (organization_id, id desc);

grant select, insert on appointment_series to praxis_app;
grant select, insert,
  update (patient_id, practitioner_id, location_id, starts_at, ends_at, occupies, is_room, status,
          cancellation_reason, version, updated_at)
  on appointments to praxis_app;
grant select, insert, update (patient_id, status, appointment_id) on waiting_entries to praxis_app;
grant select, insert, update (undone_at, undone_by) on merges to praxis_app;
call isolate_by_organization('appointment_series');
call isolate_by_organization('appointments');
call isolate_by_organization('waiting_entries');
call isolate_by_organization('merges');
