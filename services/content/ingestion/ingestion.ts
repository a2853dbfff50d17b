/** Reads what was filed, after the answer has left: a job, safe to run more than once. */
import { record } from "@praxis/shared/audit";
import type { Jobs } from "@praxis/shared/jobs";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import * as indexing from "../indexing/indexing.ts";
import { type IngestJob, ingestQueue } from "./model.ts";
import * as store from "./store.ts";

export { createReader } from "./reading.ts";

/** The version will be read if and only if `tx` commits. */
export async function enqueue({ jobs }: Pick<Deps, "jobs">, tx: Db, job: IngestJob): Promise<void> {
  await jobs.send(tx, ingestQueue, job, { organizationId: job.organizationId });
}

/** Reads one version, keeps its text and makes it findable. */
export async function ingest(deps: Deps, job: IngestJob): Promise<void> {
  const { organizationId, documentId, version } = job;
  const scope = { organizationId };
  const pending = await read(deps.sql, scope, (tx) => store.findPending(tx, job));
  if (!pending) return;
  const { sha256, kind } = pending;
  const reading = await deps.readFile(deps.storage.pathOf(organizationId, sha256), kind);
  await transaction(deps.sql, scope, async (tx) => {
    const at = deps.now();
    if (!await store.finish(tx, job, reading, at)) return;
    if (reading.status === "ready") {
      await indexing.index(tx, { organizationId, documentId, version }, reading.vectors);
    }
    await record(tx, at, {
      actor: { kind: "service", service: "content" },
      organizationId,
      action: reading.status === "ready" ? "document.ingested" : "document.ingestion_failed",
      subject: { type: "document", id: documentId },
      outcome: reading.status === "ready" ? "success" : "failed",
      details: {
        version,
        kind,
        engine: reading.engine,
        engineVersion: reading.engineVersion,
        chars: reading.status === "ready" ? reading.text.length : 0,
      },
    });
  });
}

/** Starts to work through the queue. */
export async function work(
  deps: Deps,
  jobs: Pick<Jobs, "work">,
): Promise<void> {
  await jobs.work(ingestQueue, (job) => ingest(deps, job));
}
