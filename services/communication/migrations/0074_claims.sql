-- Of one organization's, what somebody waits for goes before what is sent to everybody.
alter table deliveries add column priority smallint not null default 1
  check (priority between 0 and 2);
drop index deliveries_due;
create index deliveries_due on deliveries (organization_id, priority, due_at, id)
  where state in ('queued', 'deferred');

-- Leases up to `at_most` deliveries that are due, the organizations in turn; each may have
-- `most_each` under way at the caller's, of which it has `busy_counts` now.
--
-- With the rights of the tables' owner: under row-level security the planner takes each row's chance
-- for so small that it sorts a whole backlog instead of reading an index in its order. The settings
-- say the same for the time before a crowd is in the table's statistics.
create function claim_deliveries(at timestamptz, leased timestamptz, at_most int, most_each int,
                                 busy_ids uuid[], busy_counts int[])
returns table (id uuid, organization_id uuid)
language plpgsql security definer set search_path = public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
begin
  if not app_is_system() then raise insufficient_privilege; end if;
  return query
  with recursive organizations as (
    (select organization_id from deliveries where state in ('queued', 'deferred')
     order by organization_id limit 1)
    union all
    select (select d.organization_id from deliveries d
            where d.state in ('queued', 'deferred') and d.organization_id > o.organization_id
            order by d.organization_id limit 1)
    from organizations o where o.organization_id is not null
  ), busy as (
    select organization_id, count from unnest(busy_ids, busy_counts) as one (organization_id, count)
  ), chosen as (
    select due.id
    from organizations o left join busy using (organization_id) cross join lateral (
      select d.*, row_number() over (order by d.priority, d.due_at, d.id) as turn from (
        select one.id, one.due_at, p.priority
        from unnest(array[0, 1, 2]::smallint[]) as p (priority) cross join lateral (
          select d.id, d.due_at from deliveries d
          where d.organization_id = o.organization_id and d.priority = p.priority
            and d.state in ('queued', 'deferred') and d.due_at <= at
          order by d.due_at, d.id limit at_most
        ) one
        order by p.priority, one.due_at, one.id limit at_most
      ) d
    ) due
    where due.turn + coalesce(busy.count, 0) <= most_each
    order by due.turn + coalesce(busy.count, 0), due.priority, due.due_at, due.id limit at_most
  ), locked as (
    -- By id alone: with the state as well the whole index of what is due may be read for each.
    select d.id, d.state from deliveries d
    where d.id = any (array(select id from chosen))
    for update skip locked
  )
  update deliveries d set state = 'sending', leased_until = leased, updated_at = at
  from locked where d.id = locked.id and locked.state in ('queued', 'deferred')
  returning d.id, d.organization_id;
end $$;
revoke execute on function claim_deliveries from public;
grant execute on function claim_deliveries to praxis_app;
