-- Office documents are a kind of their own, and text that was recognized in pictures says so.
-- contract: both checks allow all that they allowed, so the release before writes as it did
alter table document_versions
  drop constraint document_versions_kind_check,
  add constraint document_versions_kind_check check (
    kind in ('hl7v2', 'dicom', 'ccda', 'fhir', 'pdf', 'image', 'office', 'text', 'other')),
  drop constraint document_versions_text_status_check,
  add constraint document_versions_text_status_check check (
    text_status in ('extracted', 'recognized', 'none'));
