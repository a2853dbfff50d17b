-- The words of each document's current version. Partitioned, keyed and stored so that what one
-- organization pays for a query does not grow with the others (docs/content.md). The service makes
-- the vectors itself (search/model.ts): one tokenizer for index, query and highlight, the same on
-- every database locale.
create extension if not exists btree_gin;

create table document_search (
  organization_id uuid not null,
  document_id uuid not null,
  -- 0 holds every word of the document; the others are windows of a long one, for phrases in it.
  part int not null,
  patient_id uuid,
  kind text not null,
  category text,
  created_at timestamptz not null,
  -- Inline: a vector in a TOAST table costs a second read per match.
  tsv tsvector storage main not null,
  primary key (organization_id, document_id, part)
) partition by hash (organization_id);

do $$
begin
  for i in 0..15 loop
    execute format(
      'create table document_search_%s partition of document_search
         for values with (modulus 16, remainder %s) with (toast_tuple_target = 8160)',
      lpad(i::text, 2, '0'), i);
  end loop;
end $$;

-- fastupdate would make some insert pay for all that came before.
create index document_search_words on document_search using gin (organization_id, tsv)
  with (fastupdate = off);
create index document_search_newest on document_search (organization_id, created_at desc);
create index document_search_of_patient
  on document_search (organization_id, patient_id, created_at desc);

grant select, insert, delete on document_search to praxis_app;
call isolate_by_organization('document_search');

-- The `newest` matches in the caller's own organization, with their rank. A security definer,
-- since `@@` is not leakproof: under row-level security it could not use the index. `query` null
-- matches everything; without a phrase part 0 knows the whole answer.
create function search_documents(
  query tsquery, has_phrase boolean, of_patient uuid, of_kind text, of_category text,
  since timestamptz, until timestamptz, newest int)
returns table (document_id uuid, created_at timestamptz, kind text, category text, rank real)
language plpgsql stable security definer
set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  organization uuid := app_organization_id();
begin
  return query
    select m.document_id, m.created_at, m.kind, m.category,
           coalesce(max(ts_rank_cd(m.tsv, query, 32)), 0)::real
    from (
      select s.document_id, s.created_at, s.kind, s.category, s.tsv
      from document_search s
      where s.organization_id = organization
        and (s.part = 0 or (query is not null and has_phrase))
        and (query is null or s.tsv @@ query)
        and (of_patient is null or s.patient_id = of_patient)
        and (of_kind is null or s.kind = of_kind)
        and (of_category is null or s.category = of_category)
        and (since is null or s.created_at >= since)
        and (until is null or s.created_at <= until)
      order by s.created_at desc
      limit newest
    ) m
    group by m.document_id, m.created_at, m.kind, m.category;
end $$;
revoke execute on function search_documents from public;
grant execute on function search_documents to praxis_app;
