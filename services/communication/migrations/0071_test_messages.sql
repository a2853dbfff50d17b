-- A template is tried out on its author before it is published.
alter table messages
  -- Of a test: the version that is sent, published or not.
  add column test_version int,
  add column test_locale text;
