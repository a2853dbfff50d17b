-- Where a client's data lie: the one address from which anything is ever fetched for its hooks.
alter table cds_clients add column fhir_server text;
