-- HL7 v2 messages as rows: of each document's version that holds some.
create table hl7_messages (
  organization_id uuid not null,
  document_id uuid not null,
  version int not null,
  -- Place in the file, from 1.
  message int not null,
  message_type text not null,
  trigger_event text not null,
  control_id text not null,
  hl7_version text not null,
  processing_id text not null,
  sending_application text not null,
  sending_facility text not null,
  receiving_application text not null,
  receiving_facility text not null,
  -- As written: HL7 allows less than a whole day, and any zone.
  sent_at text not null,
  patient jsonb,
  visit jsonb,
  orders jsonb not null,
  primary key (document_id, version, message),
  foreign key (document_id, version) references document_versions (document_id, version)
);
create index hl7_messages_by_control_id on hl7_messages (organization_id, control_id);

create table hl7_observations (
  organization_id uuid not null,
  document_id uuid not null,
  version int not null,
  message int not null,
  -- Place in the message, from 1.
  position int not null,
  -- Place among the message's orders, from 1.
  order_position int,
  value_type text not null,
  code text not null,
  label text not null,
  code_system text not null,
  sub_id text not null,
  value text not null,
  units text not null,
  reference_range text not null,
  flags text not null,
  status text not null,
  observed_at text not null,
  notes text not null,
  primary key (document_id, version, message, position),
  foreign key (document_id, version, message) references hl7_messages (document_id, version, message)
);
create index hl7_observations_by_code on hl7_observations (organization_id, code);

-- The answer that a message got, for when it is sent again.
create table hl7_acknowledgements (
  organization_id uuid not null,
  sender text not null,
  control_id text not null,
  body_sha256 text not null check (body_sha256 ~ '^[0-9a-f]{64}$'),
  code text not null,
  -- Null: nobody asked for an answer.
  answer bytea,
  -- Null: the message was refused.
  document_id uuid references documents (id) deferrable initially deferred,
  created_at timestamptz not null,
  primary key (organization_id, sender, control_id, body_sha256)
);

grant select, insert, delete on hl7_messages, hl7_observations to praxis_app;
grant select, insert on hl7_acknowledgements to praxis_app;
call isolate_by_organization('hl7_messages');
call isolate_by_organization('hl7_observations');
call isolate_by_organization('hl7_acknowledgements');
