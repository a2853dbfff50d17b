/** Keeps what was read: state, text, rows of the kind, quarantine, words and trail. */
import { type AuditEntry, record } from "@praxis/shared/audit";
import { type Db, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as dicom from "../dicom/dicom.ts";
import type { DicomSummary } from "../dicom/model.ts";
import * as hl7 from "../hl7/hl7.ts";
import type { Hl7Structure } from "../hl7/model.ts";
import * as indexing from "../indexing/indexing.ts";
import * as patients from "../patients/patients.ts";
import { type IngestJob, type Kind, NATIVE, type Reading, reasons } from "./model.ts";
import * as store from "./store.ts";
import { tell } from "./telling.ts";

/** Whom it names stays: it may be somebody else's, though nothing else of it is kept. */
const unkeptOf = ({ seen, isOfSeveral, persons }: Reading): Reading => ({
  status: "failed",
  reason: reasons.unkept,
  ...(seen ? { seen } : {}),
  ...(isOfSeveral ? { isOfSeveral } : {}),
  ...(persons ? { persons } : {}),
  ...NATIVE,
});

export type Settled = { job: IngestJob; kind: Kind; reading: Reading };

/** SQLSTATE classes 22 and 54: this data, this size; another try ends the same way. */
const isUnkeepable = (error: unknown) =>
  error instanceof Error && "code" in error && /^(?:22|54)/.test(String(error.code));

/** All together; if that fails each by itself, so that one that cannot be kept harms no other. */
export async function settleApart(
  deps: Deps,
  organizationId: string,
  read: Settled[],
): Promise<unknown> {
  let failure: unknown;
  try {
    await settle(deps, organizationId, read);
  } catch (error) {
    const [only, ...others] = read;
    if (others.length > 0) {
      for (const one of read) failure = await settleApart(deps, organizationId, [one]) ?? failure;
    } else if (isUnkeepable(error) && only!.reading.status === "ready") {
      const unkept = { ...only!, reading: unkeptOf(only!.reading) };
      return await settleApart(deps, organizationId, [unkept]);
    } else failure = error;
  }
  return failure;
}

/** Keeps readings of one organization, all or none. */
export async function settle(deps: Deps, organizationId: string, read: Settled[]): Promise<void> {
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const at = deps.now();
    const documentIds = read.map(({ job }) => job.documentId);
    await patients.lockOf(tx, organizationId, documentIds);
    const finished = await store.finish(tx, organizationId, read, at);
    const kept = finished.filter(({ keepsEarlier }) => !keepsEarlier);
    const entries = kept.length === 0 ? [] : await keep(tx, organizationId, kept, at);
    // Of these everything stays as an earlier reading left it.
    const failedAnew = finished.filter(({ keepsEarlier }) => keepsEarlier);
    entries.push(...failedAnew.map((one) => entryOf(one, [])));
    await tell(tx, organizationId, documentIds, at);
    if (entries.length > 0) await record(tx, at, ...entries);
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

type Ready = Settled & { reading: Extract<Reading, { status: "ready" }> };
const isReady = (one: Settled): one is Ready => one.reading.status === "ready";

/**
 * What stands beside the state of readings: texts, rows of the kind, the patient, the words. The
 * answer is what the trail has to say. Statements leave one after another without waiting for each
 * other's answers where they do not need them.
 */
async function keep(
  tx: Db,
  organizationId: string,
  kept: readonly Settled[],
  at: Date,
): Promise<AuditEntry[]> {
  const jobs = kept.map(({ job }) => job);
  const ready = kept.filter(isReady);
  const messages = ready.filter(({ kind }) => kind === "hl7v2");
  const [filedFor] = await Promise.all([
    store.listFiledFor(tx, organizationId, jobs),
    store.keepTexts(tx, organizationId, kept),
    store.markChecked(tx, organizationId, jobs),
    ...(messages.length === 0 ? [] : [hl7.replace(
      tx,
      organizationId,
      messages.map(({ job: { documentId, version }, reading: { structure } }) => ({
        documentId,
        version,
        messages: (structure as Hl7Structure | undefined)?.messages ?? [],
      })),
    )]),
    ...ready.filter(({ kind }) => kind === "dicom").map(({ job, reading: { structure } }) =>
      dicom.saveInstance(tx, job, structure as DicomSummary | undefined)
    ),
  ]);
  // What says of nobody can be compared with nobody: it is the patient's for whom it was filed. One
  // that cannot be read may say it in its beginning.
  const disagreements = new Map<IngestJob, string[]>();
  for (const { job, reading } of kept) {
    const patientId = filedFor.get(job.documentId);
    if (patientId === undefined) continue;
    const { documentId } = job;
    const seen = reading.seen ?? null;
    const isOfSeveral = reading.isOfSeveral ?? false;
    const { persons } = reading;
    const about = { organizationId, patientId, documentId, seen, isOfSeveral, persons, at };
    disagreements.set(job, await patients.check(tx, about));
  }
  await indexing.index(
    tx,
    organizationId,
    kept.map(({ job: { documentId, version }, reading: { vectors = [] } }) => ({
      documentId,
      version,
      vectors,
    })),
  );
  return kept.map((one) => entryOf(one, disagreements.get(one.job) ?? []));
}

const entryOf = ({ job, kind, reading }: Settled, disagreements: string[]): AuditEntry => ({
  actor: { kind: "service", service: "content" },
  organizationId: job.organizationId,
  action: disagreements.length > 0
    ? "document.quarantined"
    : reading.status === "failed"
    ? "document.ingestion_failed"
    : "document.ingested",
  subject: { type: "document", id: job.documentId },
  outcome: reading.status === "ready" ? "success" : "failed",
  details: {
    version: job.version,
    kind,
    engine: reading.engine,
    engineVersion: reading.engineVersion,
    chars: reading.status === "ready" ? reading.text.length : 0,
    ...(disagreements.length > 0 ? { disagreements } : {}),
  },
});
