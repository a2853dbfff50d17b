/** Follows what practice tells of patients: what is kept under one who was merged moves, and back. */
import { record } from "@praxis/shared/audit";
import { type EventEnvelope, type EventHandler, onEvent } from "@praxis/shared/events";
import type { Db } from "@praxis/shared/postgres";
import type { Deps } from "../deps.ts";
import { PatientMerge } from "./model.ts";
import * as store from "./store.ts";

type Told = { at: Date; event: EventEnvelope; merge: PatientMerge };

async function recordMove(
  tx: Db,
  { at, event, merge: { mergeId, patientId, intoPatientId } }: Told,
  { action, moved }: { action: string; moved: number },
): Promise<void> {
  await record(tx, at, {
    actor: { kind: "service", service: event.source.slice(1) },
    organizationId: event.organizationid,
    action,
    subject: { type: "patient", id: patientId },
    ...(event.requestid === undefined ? {} : { requestId: event.requestid }),
    details: { mergeId, intoPatientId, moved },
  });
}

/** Does nothing for a merge that is known, or whose undoing was heard of first. */
async function follow(tx: Db, told: Told): Promise<void> {
  const { at, event, merge } = told;
  const { organizationid } = event;
  await store.lock(tx, organizationid, merge);
  if (!await store.insert(tx, organizationid, merge, at)) return;
  const moved = await store.moveAll(tx, organizationid, merge);
  await recordMove(tx, told, { action: "patient.merge_followed", moved });
}

/** Moves back what `follow` moved, and what came for the merged patient since. */
async function undo(tx: Db, told: Told): Promise<void> {
  const { at, event, merge } = told;
  const { organizationid } = event;
  await store.lock(tx, organizationid, merge);
  if (!await store.markUndone(tx, organizationid, merge, at)) return;
  const moved = await store.moveBack(tx, organizationid, merge);
  await recordMove(tx, told, { action: "patient.merge_undone", moved });
}

export const mergeHandlers = (deps: Deps): Record<string, EventHandler> => ({
  "patient.merged": onEvent({
    source: "practice",
    versions: [1],
    data: PatientMerge,
    apply: (tx, event, merge) => follow(tx, { at: deps.now(), event, merge }),
  }),
  "patient.unmerged": onEvent({
    source: "practice",
    versions: [1],
    data: PatientMerge,
    apply: (tx, event, merge) => undo(tx, { at: deps.now(), event, merge }),
  }),
});
