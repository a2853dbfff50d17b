/** What can be done with merges: merge two patients, and undo it to the last row. */
import { record } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import { once } from "@praxis/shared/idempotency";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { type Call, fingerprintOf } from "../calls.ts";
import type { Deps } from "../deps.ts";
import { patientMerged, patientUnmerged } from "../events.ts";
import * as patients from "../patients/patients.ts";
import { problem } from "../problems.ts";
import type { Merge, MergeInput } from "./model.ts";
import * as store from "./store.ts";

async function tell(
  tx: Db,
  definition: typeof patientMerged,
  { id, patientId, intoPatientId }: Merge,
  { organizationId, at, requestId }: { organizationId: string; at: Date; requestId: string },
): Promise<void> {
  await publish(tx, definition, {
    source: "practice",
    organizationId,
    // One order for all merges of an organization: A into B, then B into C, must arrive so.
    subject: organizationId,
    at,
    requestId,
    data: { mergeId: id, patientId, intoPatientId },
  });
}

export async function merge(
  deps: Deps,
  { actor, requestId }: Call,
  input: MergeInput,
  key: string | undefined,
): Promise<Merge> {
  const { organizationId, userId } = actor;
  const { patientId, intoPatientId, reason } = input;
  if (patientId === intoPatientId) throw problem("merge-with-itself");
  const at = deps.now();
  const fingerprint = fingerprintOf(input);
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const route = "patient.merge";
    const { answer } = await once(tx, { actor, route, key, fingerprint }, async () => {
      // In one order, so that two merges of the same pair cannot wait for each other.
      for (const id of [patientId, intoPatientId].sort()) {
        await patients.lockActive(tx, organizationId, id);
      }
      const moved = await store.moveAll(tx, {
        organizationId,
        from: patientId,
        to: intoPatientId,
      });
      await store.setSuccessor(tx, organizationId, { id: patientId, into: intoPatientId }, at);
      await store.touch(tx, organizationId, intoPatientId, at);
      const merge = await store.insert(tx, {
        id: newId(),
        organizationId,
        patientId,
        intoPatientId,
        reason,
        moved,
        mergedBy: userId,
      }, at);
      await tell(tx, patientMerged, merge, { organizationId, at, requestId });
      await record(tx, at, {
        actor,
        organizationId,
        action: "patient.merged",
        subject: { type: "patient", id: patientId },
        requestId,
        details: { mergeId: merge.id, intoPatientId },
      });
      return merge;
    });
    return answer;
  });
}

/** @throws merge-overtaken when who took over was merged away in turn. */
export async function undo(deps: Deps, { actor, requestId }: Call, id: string): Promise<Merge> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId, userId }, async (tx) => {
    const before = await store.lock(tx, organizationId, id);
    if (!before) throw problem("merge-not-found");
    if (before.undoneAt !== null) throw problem("merge-undone");
    const { patientId, intoPatientId, moved } = before;
    await patients.lockActive(tx, organizationId, intoPatientId).catch((error) => {
      throw error?.kind === "patient-merged" ? problem("merge-overtaken") : error;
    });
    await store.moveBack(tx, { organizationId, from: intoPatientId, to: patientId }, moved);
    await store.setSuccessor(tx, organizationId, { id: patientId, into: null }, at);
    await store.touch(tx, organizationId, intoPatientId, at);
    const merge = await store.markUndone(tx, organizationId, { id, undoneBy: userId }, at);
    await tell(tx, patientUnmerged, merge, { organizationId, at, requestId });
    await record(tx, at, {
      actor,
      organizationId,
      action: "patient.unmerged",
      subject: { type: "patient", id: patientId },
      requestId,
      details: { mergeId: id, intoPatientId },
    });
    return merge;
  });
}

type Page = { patientId: string | undefined; before: string | undefined; limit: number };

/** Newest first; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  { actor, requestId }: Call,
  { patientId, before, limit }: Page,
): Promise<Merge[]> {
  const { organizationId } = actor;
  const page = { patientId, before, limit: limit + 1 };
  const merges = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, page),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "merge.listed",
    subject: { type: "merge" },
    requestId,
    details: { count: Math.min(merges.length, limit) },
  });
  return merges;
}
