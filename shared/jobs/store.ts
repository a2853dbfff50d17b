/** What an operator sees of jobs. They lie outside row-level security: every query names whose. */
import type { Db } from "../postgres/connect.ts";

export type QueueCount = { queue: string; waiting: number; running: number; dead: number };

export async function countJobs(db: Db, organizationId: string): Promise<QueueCount[]> {
  return await db<QueueCount[]>`
    select name as queue,
           count(*) filter (where state in ('created', 'retry'))::int as waiting,
           count(*) filter (where state = 'active')::int as running,
           count(*) filter (where state = 'failed')::int as dead
    from jobs.job
    where group_id = ${organizationId} and state in ('created', 'retry', 'active', 'failed')
    group by name order by name`;
}

export type DeadJob = {
  id: string;
  queue: string;
  createdAt: Date;
  failedAt: Date | null;
  attempts: number;
  reason: string | null;
};

/** Jobs that were given up, newest first. */
export async function listDead(db: Db, organizationId: string, limit: number): Promise<DeadJob[]> {
  return await db<DeadJob[]>`
    select id, name as queue, created_on as created_at, completed_on as failed_at,
           retry_count + 1 as attempts, output ->> 'reason' as reason
    from jobs.job
    where group_id = ${organizationId} and state = 'failed'
    order by created_on desc limit ${limit}`;
}

/** Gives a dead job one more try; its queue, or undefined when there is no such dead job. */
export async function redrive(
  db: Db,
  organizationId: string,
  id: string,
): Promise<string | undefined> {
  const [row] = await db<{ queue: string }[]>`
    update jobs.job
    set state = 'retry', retry_limit = retry_limit + 1, completed_on = null,
        start_after = greatest(start_after, now())
    where id = ${id} and group_id = ${organizationId} and state = 'failed'
    returning name as queue`;
  return row?.queue;
}
