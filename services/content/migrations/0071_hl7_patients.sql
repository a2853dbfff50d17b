-- A message may name several patients, each with rows of their own (ORU^R01, ADT^A17).
-- contract: releases before write each message once and so as group 1, for which both new keys hold as the old did
alter table hl7_observations
  drop constraint hl7_observations_document_id_version_message_fkey,
  -- Place among the patients of the message, from 1.
  add column patient_group int not null default 1;
alter table hl7_messages
  add column patient_group int not null default 1,
  drop constraint hl7_messages_pkey,
  add primary key (document_id, version, message, patient_group);
-- Positions of observations are counted through the whole message: their key stays as it is.
alter table hl7_observations
  add foreign key (document_id, version, message, patient_group)
    references hl7_messages (document_id, version, message, patient_group);
