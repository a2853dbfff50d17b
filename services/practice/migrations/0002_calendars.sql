-- Where and by whom patients are seen, and when.
create table locations (
  id uuid primary key,
  organization_id uuid not null,
  name text not null,
  time_zone text not null,
  -- A room holds one appointment at a time, a site as many as it has practitioners.
  is_room boolean not null,
  address jsonb,
  is_active boolean not null,
  version int not null default 1,
  created_at timestamptz not null,
  unique (organization_id, id)
);

create table practitioners (
  id uuid primary key,
  organization_id uuid not null,
  user_id uuid,
  name jsonb not null,
  identifiers jsonb not null,
  specialty text,
  is_active boolean not null,
  -- Time zone, grid, buffers and weekly hours (calendars/model.ts).
  calendar jsonb not null,
  version int not null default 1,
  created_at timestamptz not null,
  unique (organization_id, id)
);

create table absences (
  id uuid primary key,
  organization_id uuid not null,
  practitioner_id uuid not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  reason text,
  created_at timestamptz not null,
  foreign key (organization_id, practitioner_id) references practitioners (organization_id, id)
);
create index absences_by_practitioner on absences (practitioner_id, starts_at);

-- Days without working hours, everywhere or in one location.
create table holidays (
  id uuid primary key,
  organization_id uuid not null,
  held_on date not null,
  name text not null,
  location_id uuid,
  foreign key (organization_id, location_id) references locations (organization_id, id),
  unique nulls not distinct (organization_id, held_on, location_id)
);

-- Links under which a calendar program fetches a practitioner's appointments.
create table calendar_feeds (
  id uuid primary key,
  organization_id uuid not null,
  practitioner_id uuid not null,
  created_at timestamptz not null,
  created_by uuid not null,
  revoked_at timestamptz,
  foreign key (organization_id, practitioner_id) references practitioners (organization_id, id)
);
create index calendar_feeds_by_practitioner on calendar_feeds (practitioner_id);

-- `for no key update` needs the right to update some column.
grant select, insert, update (name, time_zone, is_room, address, is_active, version)
  on locations to praxis_app;
grant select, insert,
  update (user_id, name, identifiers, specialty, is_active, calendar, version)
  on practitioners to praxis_app;
grant select, insert, delete on absences, holidays to praxis_app;
grant select, insert, update (revoked_at) on calendar_feeds to praxis_app;
call isolate_by_organization('locations');
call isolate_by_organization('practitioners');
call isolate_by_organization('absences');
call isolate_by_organization('holidays');
call isolate_by_organization('calendar_feeds');
