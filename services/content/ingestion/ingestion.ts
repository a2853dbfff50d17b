/** Reads what was filed, after the answer has left: a job, safe to run more than once. */
import type { Jobs } from "@praxis/shared/jobs";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { gather } from "./gathering.ts";
import { settle, settleApart, type Settled } from "./keeping.ts";
import {
  ATTEMPTS_MAX,
  type IngestJob,
  MESSAGES_WAIT_MS,
  NATIVE,
  type Reading,
  reasons,
  STUCK_AFTER_MS,
} from "./model.ts";
import { ingestMessagesQueue, ingestQueue } from "./queue.ts";
import * as store from "./store.ts";
import { tellUntold } from "./telling.ts";

export { createReader } from "./reading.ts";
export type { IngestJob } from "./model.ts";
export { tellUntold } from "./telling.ts";

export const queues = [ingestQueue, ingestMessagesQueue];

/** More than organizations may hold up at once: somebody's slow files leave workers for the others. */
const WORKERS = 6;
/** Some may be held up by organizations whose messages are slow to read. */
const MESSAGE_WORKERS = 4;
/** Files of so many bytes are read before what stands in them is kept. */
const BYTES_TOGETHER_MAX = 4 * 1024 * 1024;
const WATCH_EVERY_MS = 60_000;
const SETTLE_MAX = 100;

/** The version will be read if and only if `tx` commits. */
export async function enqueue({ jobs }: Pick<Deps, "jobs">, tx: Db, job: IngestJob): Promise<void> {
  await jobs.send(tx, ingestQueue, job, { organizationId: job.organizationId });
}

/**
 * As `enqueue`, for the first versions of messages that are committed together. Those without
 * `body` are large, and are read each by itself, among the files: small ones of others do not wait.
 */
export async function enqueueMessages(
  deps: Pick<Deps, "jobs">,
  tx: Db,
  organizationId: string,
  messages: readonly { id: string; body: Uint8Array | null }[],
): Promise<void> {
  const documentIds = messages.flatMap(({ id, body }) => body ? [id] : []);
  const large = messages.filter(({ body }) => !body);
  const together = { organizationId, documentIds };
  await Promise.all([
    ...(documentIds.length === 0 ? [] : [
      deps.jobs.send(tx, ingestMessagesQueue, together, together),
    ]),
    ...large.map(({ id }) => enqueue(deps, tx, { organizationId, documentId: id, version: 1 })),
  ]);
}

/** A UUIDv7 begins with its milliseconds. */
const timeOf = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

const GAVE_UP: Reading = {
  status: "failed",
  reason: reasons.gaveUp,
  ...NATIVE,
};

/** Reads one version, keeps what it holds and makes it findable. */
export const ingest = (deps: Deps, job: IngestJob): Promise<void> => ingestAll(deps, [job]);

/** Reads versions of one organization, one after another, and keeps what they hold together. */
export async function ingestAll(deps: Deps, jobs: readonly IngestJob[]): Promise<void> {
  const { organizationId } = jobs[0]!;
  const pending = await transaction(
    deps.sql,
    { organizationId },
    (tx) => store.beginAttempts(tx, jobs, deps.now()),
  );
  let failure: unknown;
  for (const together of inParts(pending)) {
    const { read, failure: ended } = await readTogether(deps, organizationId, together);
    failure = ended ?? failure;
    if (read.length > 0) failure = await settleApart(deps, organizationId, read) ?? failure;
  }
  // The job is tried again, for those that are still to be read.
  if (failure !== undefined) throw failure;
}

/** What files hold is in memory until it is kept. */
function* inParts(pending: readonly store.Pending[]): Generator<store.Pending[]> {
  let part: store.Pending[] = [];
  let bytes = 0;
  for (const one of pending) {
    if (part.length > 0 && bytes + one.size > BYTES_TOGETHER_MAX) {
      yield part;
      [part, bytes] = [[], 0];
    }
    part.push(one);
    bytes += one.size;
  }
  if (part.length > 0) yield part;
}

/** `failure`: at least one reading did not take place. */
async function readTogether(
  deps: Deps,
  organizationId: string,
  pending: readonly store.Pending[],
): Promise<{ read: Settled[]; failure: unknown }> {
  const read = await readAtOnce(deps, organizationId, pending);
  const done = new Set(read.map(({ job: { documentId } }) => documentId));
  let failure: unknown;
  for (const { sha256, kind, attempts, body, size: _, ...job } of pending) {
    if (done.has(job.documentId)) continue;
    const source = body
      ? { bytes: new Uint8Array(body) }
      : { path: deps.storage.pathOf(organizationId, sha256) };
    // The process itself may have died of this file as often.
    if (attempts > ATTEMPTS_MAX) read.push({ job, kind, reading: GAVE_UP });
    else {
      try {
        const reading = await deps.readFile({ ...source, kind, organizationId });
        read.push({ job, kind, reading });
      } catch (error) {
        if (attempts < ATTEMPTS_MAX) failure = error;
        else read.push({ job, kind, reading: GAVE_UP });
      }
    }
  }
  return { read, failure };
}

/** Messages that nobody has tried yet, if there are several and no one of them ends their reader. */
async function readAtOnce(
  deps: Deps,
  organizationId: string,
  pending: readonly store.Pending[],
): Promise<Settled[]> {
  const messages = pending.flatMap(({ body, kind, attempts, documentId, version }) =>
    body && kind === "hl7v2" && attempts === 1
      ? [{ bytes: new Uint8Array(body), job: { organizationId, documentId, version } }]
      : []
  );
  if (messages.length < 2) return [];
  const readings = await deps.readFiles({
    files: messages.map(({ bytes }) => bytes),
    kind: "hl7v2",
    organizationId,
  });
  return readings?.map((reading, at) => ({ job: messages[at]!.job, kind: "hl7v2", reading })) ?? [];
}

export type Progress = store.Progress;

export const progress = (deps: Pick<Deps, "sql">, organizationId: string): Promise<Progress[]> =>
  read(deps.sql, { organizationId }, (tx) => store.countProgress(tx, organizationId));

export const listReadBy = store.listReadBy;

/** Gives up what no job will ever finish. One that cannot be kept even so holds up no other. */
export async function settleStuck(deps: Deps): Promise<void> {
  const before = new Date(deps.now().getTime() - STUCK_AFTER_MS);
  const stuck = await read(deps.sql, "system", (tx) => store.listStuck(tx, before, SETTLE_MAX));
  for (const job of stuck) {
    try {
      await settle(deps, job.organizationId, [{ job, kind: "other", reading: GAVE_UP }]);
    } catch (error) {
      deps.log.error("settle stuck", error);
    }
  }
}

/** Starts to work through the queue; the answer ends the watch over what was left behind. */
export async function work(deps: Deps, jobs: Pick<Jobs, "work">): Promise<() => void> {
  for (let worker = 0; worker < WORKERS; worker++) {
    await jobs.work(ingestQueue, (job) => ingest(deps, job));
  }
  const ingestTogether = gather(deps, ingestAll);
  for (let worker = 0; worker < MESSAGE_WORKERS; worker++) {
    await jobs.work(ingestMessagesQueue, async ({ organizationId, documentIds }) => {
      await deps.senders.quiet(timeOf(documentIds[0]!) + MESSAGES_WAIT_MS);
      await ingestTogether(organizationId, documentIds);
    });
  }
  const timer = setInterval(() => {
    settleStuck(deps).catch((error) => deps.log.error("settle stuck", error));
    tellUntold(deps).catch((error) => deps.log.error("tell untold", error));
  }, WATCH_EVERY_MS);
  return () => clearInterval(timer);
}
