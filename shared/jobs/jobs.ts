/** Work to be done after the answer has left, kept in Postgres by pg-boss until it is done. */
import { PgBoss } from "pg-boss";
import { v5 } from "uuid";
import type { z } from "zod";
import { connect, type Db } from "../postgres/connect.ts";
import type { Log } from "../telemetry/log.ts";
import { inSpan, traceparentOf } from "../telemetry/trace.ts";
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

/** The namespace of the ids that follow from keys. */
const KEYS = "4d0a4a2e-2c6f-5a38-9f0c-6a7a0d6d5b11";
/** Beside a job's own data, which no schema of ours names like this. */
const REQUEST_ID = "$requestId";

export { jobRoutes } from "./routes.ts";

/** A kind of work. `data` holds ids, never content: jobs lie outside row-level security. */
export type Queue<T extends z.ZodType = z.ZodType> = {
  name: string;
  data: T;
  /** A run that takes longer counts as failed; two minutes unless given. */
  deadlineSeconds?: number;
  /** Jobs that one call of `work` takes together, and most of one organization at once; else ten. */
  atOnce?: number;
};

export function defineQueue<T extends z.ZodType>(queue: Queue<T>): Queue<T> {
  return queue;
}

type SendOptions = {
  organizationId: string;
  /** The request that this follows from: it stands in the log beside the job. */
  requestId?: string;
  /** A job with the same key in the same queue and organization is sent once, while it is kept. */
  key?: string;
};

/** What is known of a job beside its data. */
export type JobFacts = {
  jobId: string;
  organizationId?: string;
  requestId?: string;
  /** Aborted at the job's deadline and when the process is to end. */
  signal: AbortSignal;
};

export type Jobs = {
  /** Enqueues within `tx`; jobs of one `organizationId` take turns with those of others. */
  send<T extends z.ZodType>(
    tx: Db,
    queue: Queue<T>,
    data: z.input<T>,
    options: SendOptions,
  ): Promise<void>;
  /** Runs `handle` for each job, at least once. What it throws is tried again, then set aside. */
  work<T extends z.ZodType>(
    queue: Queue<T>,
    handle: (data: z.output<T>, job: JobFacts) => Promise<void>,
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
  for (const { name, deadlineSeconds = EXPIRE_SECONDS } of queues) {
    await boss.createQueue(name, {
      notify: true,
      retryLimit: RETRIES,
      retryBackoff: true,
      retryDelayMax: RETRY_SECONDS_MAX,
      expireInSeconds: deadlineSeconds,
      heartbeatSeconds: HEARTBEAT_SECONDS,
    });
  }
  return {
    async send(tx, queue, data, { organizationId, requestId, key }) {
      const named = requestId === undefined ? {} : { [REQUEST_ID]: requestId };
      await boss.send(queue.name, { ...queue.data.parse(data) as object, ...named }, {
        db: insideTransaction(tx),
        group: { id: organizationId },
        // pg-boss inserts nothing when the id is there already.
        ...(key === undefined ? {} : { id: v5(`${queue.name} ${organizationId} ${key}`, KEYS) }),
      });
    },
    async work(queue, handle) {
      const options = {
        batchSize: queue.atOnce ?? BATCH,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
        burstWhenBatchFull: true,
        perJobResults: true,
        groupConcurrency: queue.atOnce ?? BATCH,
      } as const;
      await boss.work<object, unknown, typeof options>(queue.name, options, async (batch) => {
        return await Promise.all(batch.map(async (job) => {
          const { [REQUEST_ID]: requestId, ...data } = job.data as Record<string, unknown>;
          const named = typeof requestId === "string" ? { requestId } : {};
          try {
            const parsed = queue.data.parse(data) as z.output<typeof queue.data>;
            await inSpan(`job ${queue.name}`, {
              kind: "consumer",
              parent: named.requestId && traceparentOf(named.requestId, job.id),
              attributes: { "messaging.message.id": job.id },
            }, () =>
              handle(parsed, {
                jobId: job.id,
                signal: job.signal,
                ...(job.groupId ? { organizationId: job.groupId } : {}),
                ...named,
              }));
            return { id: job.id, status: "completed" as const };
          } catch (error) {
            log.error("job failed", error, { queue: queue.name, jobId: job.id, ...named });
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
