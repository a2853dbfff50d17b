-- A search asks the whole document: its words in part 0, its phrases in the windows of a long text.
-- `search_documents` asked each part for the whole query, so that what stood in different windows
-- did not meet, and stays only for instances of the service that still call it.

-- A vector has at most a megabyte. Of a document that fills it (some 80,000 different words) part 0
-- may lack some that its windows have. Smaller than what the service fills it to, since that counts
-- letters of two bytes as three.
create index document_search_overfull on document_search (organization_id, created_at desc)
  where part = 0 and octet_length(tsvectorsend(tsv)) > 650000;

-- Whether a long document fulfils `condition`, which joins `leaves` by their numbers, from 1. Part 0
-- answers for words, and for phrases in title and file name; of the text's own phrases it has lost
-- the places.
create function document_holds(
  organization uuid, document uuid, leaves tsquery[], condition tsquery)
returns boolean language plpgsql stable cost 10000
set plan_cache_mode = force_generic_plan as $$
declare
  found text[] := '{}';
  part int;
  vector tsvector;
begin
  for part, vector in
    select s.part, s.tsv from document_search s
    where s.organization_id = organization and s.document_id = document order by s.part
  loop
    -- Each leaf would unpack it anew: a copy is unpacked, and costs as much as four do.
    if cardinality(leaves) > 4 then
      vector := vector || ''::tsvector;
    end if;
    found := found || array(
      select n::text from unnest(leaves) with ordinality as l(leaf, n)
      where n::text <> all(found)
        and case when part = 0 and numnode(leaf) > 1 then ts_filter(vector, '{a,b}') else vector end
          @@ leaf);
    exit when cardinality(found) = cardinality(leaves);
  end loop;
  return array_to_tsvector(found) @@ condition;
end $$;
revoke execute on function document_holds from public;

-- The `newest` matches in the caller's own organization, with their rank. A security definer, since
-- `@@` is not leakproof: under row-level security it could not use the index. `query` null matches
-- everything. `words` is what part 0 of every match has: `query` with its phrases taken apart, null
-- for any; `leaves` and `condition` say the same as `query` to `document_holds`. `nearby` is what some
-- window of a long match has, or its names; null for any.
create function find_documents(
  query tsquery, words tsquery, leaves tsquery[], condition tsquery, nearby tsquery,
  of_patient uuid, of_kind text, of_category text,
  since timestamptz, until timestamptz, newest int)
returns table (document_id uuid, created_at timestamptz, kind text, category text, rank real)
language plpgsql stable security definer
set search_path = public, pg_temp
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
  organization uuid := app_organization_id();
  has_phrase boolean := query is distinct from words;
  -- All parts of each are read, so only so many get that.
  overfull uuid[] := array(
    select s.document_id from document_search s
    where query is not null and s.organization_id = organization
      and s.part = 0 and octet_length(tsvectorsend(s.tsv)) > 650000
    order by s.created_at desc limit 50);
  -- Without one no trace of it is left in the plan.
  has_overfull boolean := overfull <> '{}';
  -- Asked of the index, which reads no window: document_holds reads all of a document's.
  likely uuid[] := array(
    select distinct s.document_id from document_search s
    where nearby is not null and s.organization_id = organization and s.part > 0
      and s.tsv @@ nearby);
begin
  return query
    select m.document_id, m.created_at, m.kind, m.category,
           coalesce(ts_rank_cd(m.tsv, words, 32), 0)::real
    from (
      select s.document_id, s.created_at, s.kind, s.category, s.tsv
      from document_search s
      where s.organization_id = organization and s.part = 0
        and (words is null or s.tsv @@ words or has_overfull and s.document_id = any(overfull))
        and (of_patient is null or s.patient_id = of_patient)
        and (of_kind is null or s.kind = of_kind)
        and (of_category is null or s.category = of_category)
        and (since is null or s.created_at >= since)
        and (until is null or s.created_at <= until)
        and case
          when has_overfull and s.document_id = any(overfull) or has_phrase and exists (
            select from document_search w
            where w.organization_id = organization and w.document_id = s.document_id and w.part = 1)
          then (nearby is null or s.document_id = any(likely)
              or ts_filter(s.tsv, '{a,b}') @@ nearby)
            and document_holds(organization, s.document_id, leaves, condition)
          when has_phrase then s.tsv @@ query
          else true
        end
      order by s.created_at desc
      limit newest
    ) m;
end $$;
revoke execute on function find_documents from public;
grant execute on function find_documents to praxis_app;
