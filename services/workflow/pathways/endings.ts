/** Enrolments that end because something else has: their run, or the patient's life. */
import type { AuditEntry } from "@praxis/shared/audit";
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import type { RunStatus } from "../runs/model.ts";
import * as steps from "../steps/steps.ts";
import * as store from "./store.ts";

const engine = { kind: "service", service: "workflow" } as const;

/** Within the transaction in which a run of a pathway is over; returns what is to be audited. */
export async function endWithRun(
  tx: Db,
  { id: runId, organizationId, status, reason, requestId, at }: {
    id: string;
    organizationId: string;
    status: RunStatus;
    reason: string | null;
    requestId: string;
    at: Date;
  },
): Promise<AuditEntry[]> {
  const isDone = status === "completed";
  const id = await store.endOfRun(tx, organizationId, runId, {
    to: isDone ? "completed" : "withdrawn",
    reason: isDone ? null : reason ?? "Its run has ended.",
    at,
  });
  if (id === undefined) return [];
  return [{
    actor: engine,
    organizationId,
    action: "enrolment.ended",
    subject: { type: "enrolment", id },
    requestId,
    details: { runId, status },
  }];
}

/**
 * Takes a patient who has died off all pathways, within the transaction that hears of it. Timers
 * and tasks of the runs end as soon as a worker takes the order up. Returns what is to be audited.
 */
export async function endForPatient(
  tx: Db,
  { organizationId, patientId, requestId, at }: {
    organizationId: string;
    patientId: string;
    requestId: string | undefined;
    at: Date;
  },
): Promise<AuditEntry[]> {
  const reason = "The patient has died.";
  const ended = await store.endOfPatient(tx, organizationId, patientId, { reason, at });
  for (const { runId } of ended) {
    const order = { id: newId(), runId, organizationId, data: { reason }, at };
    await steps.insertOrder(tx, { ...order, kind: "cancel" });
  }
  return ended.map(({ id, runId }) => ({
    actor: engine,
    organizationId,
    action: "enrolment.ended",
    subject: { type: "enrolment", id },
    ...(requestId === undefined ? {} : { requestId }),
    details: { runId, patientId },
  }));
}
