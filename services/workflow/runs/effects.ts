/** What a transition does outside the run's own rows, within the same transaction. */
import type { AuditEntry } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import * as arrivals from "../arrivals/arrivals.ts";
import * as definitions from "../definitions/definitions.ts";
import * as pathways from "../pathways/pathways.ts";
import * as steps from "../steps/steps.ts";
import * as tasks from "../tasks/tasks.ts";
import { RunEnded } from "./facts.ts";
import { begin, DEPTH_MAX, patientOf, whyNoMore } from "./starting.ts";
import { type Effect, isOver, type RunStatus } from "./state.ts";
import * as store from "./store.ts";

const engine = { kind: "service", service: "workflow" } as const;

async function startChild(
  tx: Db,
  run: store.KeptRun,
  effect: Effect & { kind: "start-run" },
  at: Date,
): Promise<AuditEntry[]> {
  const { organizationId, requestId } = run;
  const { key, version, stepId } = effect;
  const definition = await definitions.findRunnable(tx, organizationId, key, version);
  const { depth } = run;
  const reason = definition
    ? await whyNoMore(tx, { organizationId, requestId, depth, at })
    : "unknown";
  if (!definition || reason !== undefined) {
    if (effect.isAwaited) {
      const payload = { status: "failed", reason: reason! };
      const id = `run:${stepId}`;
      await steps.deliver(tx, { organizationId, stepId, id, kind: "run", payload, at });
    }
    return [{
      actor: engine,
      organizationId,
      action: "run.not_started",
      subject: { type: "run", id: run.id },
      outcome: "failed",
      requestId,
      details: { key, reason },
    }];
  }
  const begun = await begin(tx, at, engine, {
    definition: run.isShadow ? { ...definition, state: "shadow" } : definition,
    organizationId,
    input: effect.input,
    subject: run.subject,
    patientId: patientOf(effect.input) ?? run.patientId,
    ...(effect.isAwaited ? { parentStepId: stepId } : {}),
    startedBy: { kind: "run", id: run.id },
    requestId,
    startKey: `step ${stepId}`,
    depth: depth + 1,
  });
  return begun ? [begun.entry] : [];
}

async function emit(
  tx: Db,
  run: store.KeptRun,
  { id, type, subject, data }: Effect & { kind: "emit" },
  at: Date,
): Promise<void> {
  if (run.depth >= DEPTH_MAX) return;
  const { organizationId, requestId } = run;
  await arrivals.insert(tx, {
    organizationId,
    source: `/runs/${run.id}`,
    id,
    type,
    subject,
    data,
    time: at,
    requestId,
    depth: run.depth + 1,
  });
}

async function cancelChildren(
  tx: Db,
  { organizationId }: store.KeptRun,
  { stepId, reason }: Effect & { kind: "cancel-run" },
  at: Date,
): Promise<void> {
  for (const child of await store.findByParent(tx, organizationId, stepId)) {
    if (isOver(child.status)) continue;
    const order = { id: newId(), runId: child.id, organizationId, data: { reason }, at };
    await steps.insertOrder(tx, { ...order, kind: "cancel" });
  }
}

async function applyOne(
  tx: Db,
  run: store.KeptRun,
  effect: Effect,
  at: Date,
): Promise<AuditEntry[]> {
  const { organizationId, requestId } = run;
  const origin = { organizationId, requestId, runId: run.id, at };
  switch (effect.kind) {
    case "open-task":
      return await tasks.openForStep(tx, { ...origin, ...effect });
    case "cancel-task":
      return await tasks.cancelForStep(tx, { ...origin, ...effect });
    case "escalate-task":
      return await tasks.escalateForStep(tx, { ...origin, ...effect });
    case "start-run":
      return await startChild(tx, run, effect, at);
    case "emit":
      await emit(tx, run, effect, at);
      return [];
    case "cancel-run":
      await cancelChildren(tx, run, effect, at);
      return [];
  }
}

/** A run has come to another status: its steps, its parent and the outbox hear of it. */
async function applyStatus(
  tx: Db,
  run: store.KeptRun,
  before: RunStatus,
  at: Date,
): Promise<AuditEntry[]> {
  const { id, organizationId, status, requestId, patientId, key, version } = run;
  if (status === before) return [];
  const isMoving = (one: RunStatus) => one === "running" || one === "compensating";
  if (isMoving(status) !== isMoving(before)) {
    await steps.hold(tx, organizationId, [id], !isMoving(status));
  }
  if (isMoving(status)) return [];
  if (isOver(status) && run.parentStepId !== null) {
    const payload = { status, output: run.output, reason: run.reason };
    const delivery = { organizationId, stepId: run.parentStepId, id: `run:${id}`, payload, at };
    await steps.deliver(tx, { ...delivery, kind: "run" });
  }
  const ended = isOver(status) && run.subject?.type === "enrolment"
    ? await pathways.endWithRun(tx, { ...run, at })
    : [];
  await publish(tx, RunEnded, {
    source: "workflow",
    organizationId,
    subject: id,
    at,
    requestId,
    data: { runId: id, key, version, status, patientId },
  });
  return [...ended, {
    actor: engine,
    organizationId,
    action: `run.${status}`,
    subject: { type: "run", id },
    outcome: status === "completed" || status === "cancelled" ? "success" : "failed",
    requestId,
  }];
}

/** Carries out what a transition from `before` brings with it; returns what is to be audited. */
export async function apply(
  tx: Db,
  run: store.KeptRun,
  { effects, before, at }: { effects: readonly Effect[]; before: RunStatus; at: Date },
): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (const effect of effects) entries.push(...await applyOne(tx, run, effect, at));
  entries.push(...await applyStatus(tx, run, before, at));
  return entries;
}
