-- The words that an organization's documents hold, to offer one when a search found nothing.
create extension if not exists pg_trgm;

create table search_words (
  organization_id uuid not null,
  term text not null,
  primary key (organization_id, term)
);
create index search_words_like on search_words using gin (organization_id, term gin_trgm_ops)
  with (fastupdate = off);
grant select, insert on search_words to praxis_app;
call isolate_by_organization('search_words');

-- The nearest word of the caller's own organization, or null. A security definer, since `%` is not
-- leakproof: under row-level security it could not use the index.
create function suggest_word(word text) returns text
language plpgsql stable security definer
set search_path = public, pg_temp
set pg_trgm.similarity_threshold = 0.35 as $$
begin
  return (
    select w.term from search_words w
    where w.organization_id = app_organization_id() and w.term % word and w.term <> word
    order by similarity(w.term, word) desc, abs(length(w.term) - length(word)), w.term
    limit 1
  );
end $$;
revoke execute on function suggest_word from public;
grant execute on function suggest_word to praxis_app;
