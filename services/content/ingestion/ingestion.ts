/** Reads what was filed, after the answer has left: a job, safe to run more than once. */
import { record } from "@praxis/shared/audit";
import type { Jobs } from "@praxis/shared/jobs";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as dicom from "../dicom/dicom.ts";
import type { DicomSummary } from "../dicom/model.ts";
import * as hl7 from "../hl7/hl7.ts";
import type { Hl7Structure } from "../hl7/model.ts";
import * as indexing from "../indexing/indexing.ts";
import * as patients from "../patients/patients.ts";
import {
  ATTEMPTS_MAX,
  type IngestJob,
  type Kind,
  NATIVE,
  type Reading,
  reasons,
  STUCK_AFTER_MS,
} from "./model.ts";
import { ingestQueue } from "./queue.ts";
import * as store from "./store.ts";

export { createReader } from "./reading.ts";
export { ingestQueue } from "./queue.ts";
export type { IngestJob } from "./model.ts";

/** Each takes a batch of its own, so that one organization's slow files hold up one of them only. */
const WORKERS = 3;
const SETTLE_EVERY_MS = 60_000;
const SETTLE_MAX = 100;

/** The version will be read if and only if `tx` commits. */
export async function enqueue({ jobs }: Pick<Deps, "jobs">, tx: Db, job: IngestJob): Promise<void> {
  await jobs.send(tx, ingestQueue, job, { organizationId: job.organizationId });
}

const GAVE_UP: Reading = {
  status: "failed",
  reason: reasons.gaveUp,
  ...NATIVE,
};

/** Reads one version, keeps what it holds and makes it findable. */
export async function ingest(deps: Deps, job: IngestJob): Promise<void> {
  const { organizationId } = job;
  const pending = await transaction(
    deps.sql,
    { organizationId },
    (tx) => store.beginAttempt(tx, job, deps.now()),
  );
  if (!pending) return;
  const { sha256, kind, attempts } = pending;
  // The process itself may have died of this file as often.
  if (attempts > ATTEMPTS_MAX) return await settle(deps, job, kind, GAVE_UP);
  try {
    const path = deps.storage.pathOf(organizationId, sha256);
    await settle(deps, job, kind, await deps.readFile({ path, kind, organizationId }));
  } catch (error) {
    if (attempts < ATTEMPTS_MAX) throw error;
    await settle(deps, job, kind, GAVE_UP);
  }
}

async function settle(deps: Deps, job: IngestJob, kind: Kind, reading: Reading): Promise<void> {
  const { organizationId, documentId, version } = job;
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    if (!await store.finish(tx, job, reading, at)) return;
    const disagreements = reading.status === "ready" ? await keep(tx, job, kind, reading, at) : [];
    await record(tx, at, {
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
    });
  });
  if (reading.status === "ready") {
    // After the commit, and apart: two documents with the same new words would wait for each other.
    await transaction(
      deps.sql,
      { organizationId },
      (tx) => indexing.learnWords(tx, organizationId, reading.vectors),
    );
  }
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
  for (const job of stuck) await settle(deps, job, "other", GAVE_UP);
  return stuck.length;
}

/** Starts to work through the queue; the answer ends the watch over what got stuck. */
export async function work(deps: Deps, jobs: Pick<Jobs, "work">): Promise<() => void> {
  for (let worker = 0; worker < WORKERS; worker++) {
    await jobs.work(ingestQueue, (job) => ingest(deps, job));
  }
  const timer = setInterval(
    () => void settleStuck(deps).catch((error) => deps.log.error("settle stuck", error)),
    SETTLE_EVERY_MS,
  );
  return () => clearInterval(timer);
}
