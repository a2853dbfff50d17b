/** Reads what was filed, after the answer has left: a job, safe to run more than once. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import type { Jobs } from "@praxis/shared/jobs";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as dicom from "../dicom/dicom.ts";
import type { DicomSummary } from "../dicom/model.ts";
import { factOf } from "../documents/model.ts";
import { documentCreated } from "../events.ts";
import * as hl7 from "../hl7/hl7.ts";
import type { Hl7Structure } from "../hl7/model.ts";
import * as indexing from "../indexing/indexing.ts";
import * as patients from "../patients/patients.ts";
import {
  ATTEMPTS_MAX,
  type IngestJob,
  type Kind,
  MESSAGES_WAIT_MS,
  NATIVE,
  type Reading,
  reasons,
  STUCK_AFTER_MS,
} from "./model.ts";
import { ingestMessagesQueue, ingestQueue } from "./queue.ts";
import * as store from "./store.ts";

export { createReader } from "./reading.ts";
export type { IngestJob } from "./model.ts";

export const queues = [ingestQueue, ingestMessagesQueue];

/** More than organizations may hold up at once: somebody's slow files leave workers for the others. */
const WORKERS = 6;
const SETTLE_EVERY_MS = 60_000;
const SETTLE_MAX = 100;

/** The version will be read if and only if `tx` commits. */
export async function enqueue({ jobs }: Pick<Deps, "jobs">, tx: Db, job: IngestJob): Promise<void> {
  await jobs.send(tx, ingestQueue, job, { organizationId: job.organizationId });
}

/** As `enqueue`, for the first versions of messages that are committed together. */
export async function enqueueMessages(
  { jobs }: Pick<Deps, "jobs">,
  tx: Db,
  messages: { organizationId: string; documentIds: string[] },
): Promise<void> {
  await jobs.send(tx, ingestMessagesQueue, messages, messages);
}

/** A UUIDv7 begins with its milliseconds. */
const timeOf = (id: string) => parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

const GAVE_UP: Reading = {
  status: "failed",
  reason: reasons.gaveUp,
  ...NATIVE,
};

const UNKEPT: Reading = { ...GAVE_UP, reason: reasons.unkept };

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
  const read: Settled[] = [];
  let failure: unknown;
  for (const { sha256, kind, attempts, body, ...job } of pending) {
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
  if (read.length > 0) failure = await settleApart(deps, organizationId, read) ?? failure;
  // The job is tried again, for those that are still to be read.
  if (failure !== undefined) throw failure;
}

type Settled = { job: IngestJob; kind: Kind; reading: Reading };

/** SQLSTATE classes 22 and 54: this data, this size; another try ends the same way. */
const isUnkeepable = (error: unknown) =>
  error instanceof Error && "code" in error && /^(?:22|54)/.test(String(error.code));

/** All together; if that fails each by itself, so that one that cannot be kept harms no other. */
async function settleApart(deps: Deps, organizationId: string, read: Settled[]): Promise<unknown> {
  let failure: unknown;
  try {
    await settle(deps, organizationId, read);
  } catch (error) {
    const [only, ...others] = read;
    if (others.length > 0) {
      for (const one of read) failure = await settleApart(deps, organizationId, [one]) ?? failure;
    } else if (isUnkeepable(error) && only!.reading.status === "ready") {
      return await settleApart(deps, organizationId, [{ ...only!, reading: UNKEPT }]);
    } else failure = error;
  }
  return failure;
}

/** Keeps readings of one organization, all or none. */
async function settle(deps: Deps, organizationId: string, read: Settled[]): Promise<void> {
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const documentIds = read.map(({ job }) => job.documentId);
    await patients.lockOf(tx, organizationId, documentIds);
    // One after another on their way out, but nobody waits for another's answer.
    const entries = await Promise.all(read.map((one) => settleOne(tx, one, at)));
    const untold = await store.markTold(tx, organizationId, documentIds);
    await Promise.all(
      untold.map((document) => publish(tx, documentCreated, factOf(document, organizationId, at))),
    );
    await record(tx, at, ...entries.flatMap((entry) => entry ?? []));
  });
  const vectors = read.flatMap(({ reading }) =>
    reading.status === "ready" ? reading.vectors.slice(0, 1) : []
  );
  if (vectors.length > 0) {
    // After the commit, and apart: two documents with the same new words would wait for each other.
    await transaction(
      deps.sql,
      { organizationId },
      (tx) => indexing.learnWords(tx, organizationId, vectors),
    );
  }
}

/** What the trail has to say of it; undefined when another run of the same job was first. */
async function settleOne(
  tx: Db,
  { job, kind, reading }: Settled,
  at: Date,
): Promise<AuditEntry | undefined> {
  const { organizationId, documentId, version } = job;
  if (!await store.finish(tx, job, reading, at)) return undefined;
  await store.markChecked(tx, job);
  const disagreements = reading.status === "ready" ? await keep(tx, job, kind, reading, at) : [];
  // What cannot be read can be compared with nobody: it is the patient's for whom it was filed.
  if (reading.status === "failed") await indexing.place(tx, job);
  return {
    actor: { kind: "service", service: "content" },
    organizationId,
    action: reading.status === "failed"
      ? "document.ingestion_failed"
      : disagreements.length > 0
      ? "document.quarantined"
      : "document.ingested",
    subject: { type: "document", id: documentId },
    outcome: reading.status === "ready" ? "success" : "failed",
    details: {
      version,
      kind,
      engine: reading.engine,
      engineVersion: reading.engineVersion,
      chars: reading.status === "ready" ? reading.text.length : 0,
      ...(disagreements.length > 0 ? { disagreements } : {}),
    },
  };
}

/** What stands beside the text: rows of the kind, the patient, the words. */
async function keep(
  tx: Db,
  job: IngestJob,
  kind: Kind,
  reading: Extract<Reading, { status: "ready" }>,
  at: Date,
): Promise<string[]> {
  const { organizationId, documentId, version } = job;
  if (kind === "hl7v2") {
    const { messages } = reading.structure as Hl7Structure | undefined ?? { messages: [] };
    await hl7.replace(tx, job, messages);
  }
  if (kind === "dicom") {
    await dicom.saveInstance(tx, job, reading.structure as DicomSummary | undefined, at);
  }
  const patientId = await store.findFiledFor(tx, job);
  const disagreements = patientId === undefined ? [] : await patients.check(tx, {
    organizationId,
    patientId,
    documentId,
    seen: reading.seen ?? null,
    at,
  });
  await indexing.index(tx, { organizationId, documentId, version }, reading.vectors);
  return disagreements;
}

export type Progress = store.Progress;

export const progress = (deps: Pick<Deps, "sql">, organizationId: string): Promise<Progress[]> =>
  read(deps.sql, { organizationId }, (tx) => store.countProgress(tx, organizationId));

export const listReadBy = store.listReadBy;

/** Gives up what no job will ever finish. */
export async function settleStuck(deps: Deps): Promise<number> {
  const before = new Date(deps.now().getTime() - STUCK_AFTER_MS);
  const stuck = await read(deps.sql, "system", (tx) => store.listStuck(tx, before, SETTLE_MAX));
  for (const job of stuck) {
    await settle(deps, job.organizationId, [{ job, kind: "other", reading: GAVE_UP }]);
  }
  return stuck.length;
}

/** Starts to work through the queue; the answer ends the watch over what got stuck. */
export async function work(deps: Deps, jobs: Pick<Jobs, "work">): Promise<() => void> {
  for (let worker = 0; worker < WORKERS; worker++) {
    await jobs.work(ingestQueue, (job) => ingest(deps, job));
  }
  await jobs.work(ingestMessagesQueue, async ({ organizationId, documentIds }) => {
    await deps.senders.quiet(timeOf(documentIds[0]!) + MESSAGES_WAIT_MS);
    await ingestAll(
      deps,
      documentIds.map((documentId) => ({ organizationId, documentId, version: 1 })),
    );
  });
  const timer = setInterval(
    () => void settleStuck(deps).catch((error) => deps.log.error("settle stuck", error)),
    SETTLE_EVERY_MS,
  );
  return () => clearInterval(timer);
}
