/** Tasks of runs: opened, escalated and cancelled within the run's own transaction, which audits. */
import type { AuditEntry } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import { TaskCreated } from "./facts.ts";
import * as store from "./store.ts";

const engine = { kind: "service", service: "workflow" } as const;

type Origin = {
  organizationId: string;
  runId: string;
  stepId: string;
  requestId: string;
  at: Date;
};

type Order = {
  title: string;
  dueAt: Date;
  candidatePermission: string;
  pools: string[];
  form: unknown;
  outcomes: string[];
  priority: string;
  isFourEyes: boolean;
  patientId: string | null;
  subject: { type: string; id: string } | null;
};

export async function openForStep(
  tx: Db,
  { organizationId, runId, stepId, requestId, at, order }: Origin & { order: Order },
): Promise<AuditEntry[]> {
  const subject = order.subject ?? { type: "run", id: runId };
  const opened = await store.insertForStep(tx, {
    ...order,
    subject,
    id: newId(),
    organizationId,
    runId,
    stepId,
    createdAt: at,
  });
  if (!opened) return [];
  const { id, patientId, candidatePermission, dueAt } = opened;
  await publish(tx, TaskCreated, {
    source: "workflow",
    organizationId,
    subject: id,
    at,
    requestId,
    data: { taskId: id, subject, patientId, candidatePermission, dueAt },
  });
  return [{
    actor: engine,
    organizationId,
    action: "task.created",
    subject: { type: "task", id },
    requestId,
    details: { runId, stepId, subjectType: subject.type, subjectId: subject.id },
  }];
}

export async function cancelForStep(
  tx: Db,
  { organizationId, runId, stepId, requestId, reason }: Origin & { reason: string },
): Promise<AuditEntry[]> {
  const id = await store.cancelForStep(tx, organizationId, stepId, reason);
  if (id === undefined) return [];
  return [{
    actor: engine,
    organizationId,
    action: "task.cancelled",
    subject: { type: "task", id },
    requestId,
    details: { runId },
  }];
}

export async function escalateForStep(
  tx: Db,
  { organizationId, runId, stepId, requestId, level, to, severity }: Origin & {
    level: number;
    to: string[];
    severity: string | null;
  },
): Promise<AuditEntry[]> {
  const task = await store.escalateForStep(tx, organizationId, { stepId, level, to, severity });
  if (!task) return [];
  return [{
    actor: engine,
    organizationId,
    action: "task.escalated",
    subject: { type: "task", id: task.id },
    requestId,
    details: { runId, level, pools: to },
  }];
}
