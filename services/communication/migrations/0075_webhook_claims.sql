-- Endpoints in turn: one that does not answer keeps no other organization's waiting.
drop index webhook_deliveries_due;
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, due_at, id)
  where state = 'pending';

-- Leases up to `at_most` tellings that are due. Each endpoint may have `most_each` under way at the
-- caller's, of which it has `busy_counts` now. With the owner's rights for the reason in 0074.
create function claim_webhook_deliveries(at timestamptz, leased timestamptz, at_most int,
                                         most_each int, busy_ids uuid[], busy_counts int[])
returns table (id uuid, organization_id uuid, endpoint_id uuid, event_id uuid, payload text,
               attempts int)
language plpgsql security definer set search_path = public, pg_temp
set enable_seqscan = off set enable_bitmapscan = off as $$
#variable_conflict use_column
begin
  if not app_is_system() then raise insufficient_privilege; end if;
  return query
  with recursive endpoints as (
    (select endpoint_id from webhook_deliveries where state = 'pending'
     order by endpoint_id limit 1)
    union all
    select (select d.endpoint_id from webhook_deliveries d
            where d.state = 'pending' and d.endpoint_id > e.endpoint_id
            order by d.endpoint_id limit 1)
    from endpoints e where e.endpoint_id is not null
  ), busy as (
    select endpoint_id, count from unnest(busy_ids, busy_counts) as one (endpoint_id, count)
  ), chosen as (
    select due.id
    from endpoints e left join busy using (endpoint_id) cross join lateral (
      select d.id, d.due_at, row_number() over (order by d.due_at, d.id) as turn from (
        select d.id, d.due_at from webhook_deliveries d
        where d.endpoint_id = e.endpoint_id and d.state = 'pending' and d.due_at <= at
          and (d.leased_until is null or d.leased_until <= at)
        order by d.due_at, d.id limit most_each
      ) d
    ) due
    where due.turn + coalesce(busy.count, 0) <= most_each
    order by due.turn + coalesce(busy.count, 0), due.due_at, due.id limit at_most
  ), locked as (
    select d.id, d.state, d.leased_until from webhook_deliveries d
    where d.id = any (array(select id from chosen))
    for update skip locked
  )
  update webhook_deliveries d set leased_until = leased
  from locked where d.id = locked.id and locked.state = 'pending'
    and (locked.leased_until is null or locked.leased_until <= at)
  returning d.id, d.organization_id, d.endpoint_id, d.event_id, d.payload, d.attempts;
end $$;
revoke execute on function claim_webhook_deliveries from public;
grant execute on function claim_webhook_deliveries to praxis_app;
