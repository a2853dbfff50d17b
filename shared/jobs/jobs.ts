/** Work to be done after the answer has left, kept in Postgres by pg-boss until it is done. */
import { PgBoss } from "pg-boss";
import type { z } from "zod";
import { connect, type Db } from "../postgres/connect.ts";
import type { Log } from "../telemetry/log.ts";
import { insideTransaction, overPool } from "./adapter.ts";

const SCHEMA = "jobs";
const POOL_SIZE = 2;
/** One job a fetch would drain a backlog at the pace of the poll. */
const BATCH = 10;
/** New jobs wake a worker at once; retries and those of a dead worker are found by looking. */
const POLL_SECONDS = 1;
const RETRIES = 5;
const RETRY_SECONDS_MAX = 300;
/** A worker that is silent for so long is taken for dead, and its job is given to another. */
const HEARTBEAT_SECONDS = 10;
const EXPIRE_SECONDS = 120;
const STOP_TIMEOUT_MS = 5_000;

/** A kind of work. `data` holds ids, never content: jobs lie outside row-level security. */
export type Queue<T extends z.ZodType = z.ZodType> = { name: string; data: T };

export function defineQueue<T extends z.ZodType>(queue: Queue<T>): Queue<T> {
  return queue;
}

export type Jobs = {
  /** Enqueues within `tx`; jobs of one `organizationId` take turns with those of others. */
  send<T extends z.ZodType>(
    tx: Db,
    queue: Queue<T>,
    data: z.input<T>,
    options: { organizationId: string },
  ): Promise<void>;
  /** Runs `handle` for each job, at least once. What it throws is tried again, then set aside. */
  work<T extends z.ZodType>(
    queue: Queue<T>,
    handle: (data: z.output<T>) => Promise<void>,
  ): Promise<void>;
  /** Waits for the jobs under way. */
  stop(): Promise<void>;
};

const open = (url: string) => connect(url, { connectionsMax: POOL_SIZE, camelCase: false });

/** At deploy time, as the owner: pg-boss's tables, and the right to use them for services. */
export async function migrateJobs(ownerUrl: string): Promise<void> {
  const sql = open(ownerUrl);
  const boss = new PgBoss({
    db: overPool(sql),
    schema: SCHEMA,
    schedule: false,
    supervise: false,
  });
  try {
    boss.on("error", () => {});
    await boss.start();
    await boss.stop({ close: false, graceful: false });
    await sql.unsafe(`
      grant usage on schema ${SCHEMA} to praxis_app;
      grant select, insert, update, delete on all tables in schema ${SCHEMA} to praxis_app;
      grant usage on all sequences in schema ${SCHEMA} to praxis_app;
      grant execute on all functions in schema ${SCHEMA} to praxis_app;`);
  } finally {
    await sql.end();
  }
}

/** Connects with the service's own role, which may use pg-boss's tables but not change them. */
export async function startJobs(
  { url, queues, log }: { url: string; queues: readonly Queue[]; log: Log },
): Promise<Jobs> {
  const sql = open(url);
  const boss = new PgBoss({
    db: overPool(sql),
    schema: SCHEMA,
    migrate: false,
    createSchema: false,
    schedule: false,
    useListenNotify: true,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  });
  boss.on("error", (error) => log.error("jobs", error));
  await boss.start();
  for (const { name } of queues) {
    await boss.createQueue(name, {
      notify: true,
      retryLimit: RETRIES,
      retryBackoff: true,
      retryDelayMax: RETRY_SECONDS_MAX,
      expireInSeconds: EXPIRE_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    });
  }
  return {
    async send(tx, queue, data, { organizationId }) {
      const db = insideTransaction(tx);
      await boss.send(queue.name, queue.data.parse(data) as object, {
        db,
        group: { id: organizationId },
      });
    },
    async work(queue, handle) {
      const options = {
        batchSize: BATCH,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
        burstWhenBatchFull: true,
        perJobResults: true,
        groupConcurrency: BATCH,
      } as const;
      await boss.work<object, unknown, typeof options>(queue.name, options, async (batch) => {
        return await Promise.all(batch.map(async (job) => {
          try {
            await handle(queue.data.parse(job.data) as z.output<typeof queue.data>);
            return { id: job.id, status: "completed" as const };
          } catch (error) {
            log.error("job failed", error, { queue: queue.name, jobId: job.id });
            // The message would be stored as it is: only the kind of error is said.
            const reason = error instanceof Error ? error.name : "unknown";
            return { id: job.id, status: "failed" as const, output: { reason } };
          }
        }));
      });
    },
    async stop() {
      await boss.stop({ close: false, graceful: true, timeout: STOP_TIMEOUT_MS });
      await sql.end({ timeout: 5 });
    },
  };
}
