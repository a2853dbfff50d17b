/** How much waits in a service's database: facts for other services, and jobs. */
import type { Db } from "../postgres/connect.ts";

/** Names of the gauges, with what they mean. */
export const BACKLOG_GAUGES = {
  outbox_pending_deliveries: "Facts that wait to be told, one for each subscriber",
  outbox_oldest_pending_seconds: "Age of the oldest fact that waits to be told",
  outbox_dead_deliveries: "Facts that were given up and wait for an operator",
  jobs_waiting: "Jobs that wait for a worker, or for another try",
  jobs_oldest_waiting_seconds: "For how long the oldest job that is due has waited",
  jobs_failed: "Jobs that were given up and wait for an operator",
};

export async function readBacklog(db: Db): Promise<Record<keyof typeof BACKLOG_GAUGES, number>> {
  const facts = db`
    select count(*) filter (where state = 'pending')::int as pending,
           count(*) filter (where state = 'dead')::int as dead,
           coalesce(extract(epoch from now() - (
             select min(e.created_at) from outbox_events e
             join outbox_deliveries d on d.seq = e.seq and d.state = 'pending')), 0)::float as oldest
    from outbox_deliveries where state in ('pending', 'dead')`.execute();
  const jobs = db`
    select count(*) filter (where state in ('created', 'retry'))::int as waiting,
           count(*) filter (where state = 'failed')::int as failed,
           coalesce(extract(epoch from now() - min(start_after)
             filter (where state in ('created', 'retry') and start_after < now())), 0)::float as oldest
    from jobs.job where state in ('created', 'retry', 'failed')`.execute();
  const [[fact], [job]] = await Promise.all([facts, jobs]);
  return {
    outbox_pending_deliveries: fact!.pending,
    outbox_oldest_pending_seconds: fact!.oldest,
    outbox_dead_deliveries: fact!.dead,
    jobs_waiting: job!.waiting,
    jobs_oldest_waiting_seconds: job!.oldest,
    jobs_failed: job!.failed,
  };
}
