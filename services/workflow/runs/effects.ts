/** What a transition does outside the run's own rows, within the same transaction. */
import { record } from "@praxis/shared/audit";
import { publish } from "@praxis/shared/events";
import { newId } from "@praxis/shared/id";
import type { Db } from "@praxis/shared/postgres";
import * as arrivals from "../arrivals/arrivals.ts";
import * as definitions from "../definitions/definitions.ts";
import * as tasks from "../tasks/tasks.ts";
import { RunEnded } from "./facts.ts";
import { DEPTH_MAX, patientOf, start } from "./starting.ts";
import { type Effect, isOver, type RunStatus } from "./state.ts";
import * as store from "./store.ts";

const engine = { kind: "service", service: "workflow" } as const;

async function startChild(
  tx: Db,
  run: store.KeptRun,
  effect: Effect & { kind: "start-run" },
  at: Date,
): Promise<void> {
  const { organizationId, requestId } = run;
  const { key, version, stepId } = effect;
  const definition = await definitions.findRunnable(tx, organizationId, key, version);
  if (!definition || run.depth >= DEPTH_MAX) {
    if (!effect.isAwaited) return;
    const payload = { status: "failed", reason: definition ? "too many levels" : "unknown" };
    const id = `run:${stepId}`;
    await store.deliver(tx, { organizationId, stepId, id, kind: "run", payload, at });
    return;
  }
  await start(tx, at, engine, {
    definition: run.isShadow ? { ...definition, state: "shadow" } : definition,
    organizationId,
    input: effect.input,
    subject: run.subject,
    patientId: patientOf(effect.input) ?? run.patientId,
    ...(effect.isAwaited ? { parentStepId: stepId } : {}),
    startedBy: { kind: "run", id: run.id },
    requestId,
    startKey: `step ${stepId}`,
    depth: run.depth + 1,
  });
}

/** Carries `effects` out. Facts and audit come last: they lock. */
export async function apply(
  tx: Db,
  run: store.KeptRun,
  effects: readonly Effect[],
  at: Date,
): Promise<void> {
  const { organizationId, requestId } = run;
  const origin = { organizationId, requestId, runId: run.id, at };
  for (const effect of effects) {
    switch (effect.kind) {
      case "open-task":
        await tasks.openForStep(tx, { ...origin, stepId: effect.stepId, order: effect.order });
        break;
      case "cancel-task":
        await tasks.cancelForStep(tx, { ...origin, ...effect });
        break;
      case "escalate-task":
        await tasks.escalateForStep(tx, { ...origin, ...effect });
        break;
      case "emit":
        if (run.depth >= DEPTH_MAX) break;
        await arrivals.insert(tx, {
          organizationId,
          source: `/runs/${run.id}`,
          id: effect.id,
          type: effect.type,
          subject: effect.subject,
          data: effect.data,
          time: at,
          requestId,
          depth: run.depth + 1,
        });
        break;
      case "start-run":
        await startChild(tx, run, effect, at);
        break;
      case "cancel-run":
        for (const child of await store.findByParent(tx, organizationId, effect.stepId)) {
          if (isOver(child.status)) continue;
          const data = { reason: effect.reason };
          const order = { id: newId(), runId: child.id, organizationId, data, at };
          await store.insertOrder(tx, { ...order, kind: "cancel" });
        }
        break;
    }
  }
}

/** A run has come to another status: its steps, its parent, the outbox and the audit hear of it. */
export async function applyStatus(
  tx: Db,
  run: store.KeptRun,
  before: RunStatus,
  at: Date,
): Promise<void> {
  const { id, organizationId, status, requestId, patientId, key, version } = run;
  if (status === before) return;
  const isMoving = (one: RunStatus) => one === "running" || one === "compensating";
  if (isMoving(status) !== isMoving(before)) await store.hold(tx, run, !isMoving(status));
  if (isMoving(status)) return;
  if (isOver(status) && run.parentStepId !== null) {
    const payload = { status, output: run.output, reason: run.reason };
    const delivery = { organizationId, stepId: run.parentStepId, id: `run:${id}`, payload, at };
    await store.deliver(tx, { ...delivery, kind: "run" });
  }
  await publish(tx, RunEnded, {
    source: "workflow",
    organizationId,
    subject: id,
    at,
    requestId,
    data: { runId: id, key, version, status, patientId },
  });
  await record(tx, at, {
    actor: engine,
    organizationId,
    action: `run.${status}`,
    subject: { type: "run", id },
    outcome: status === "completed" || status === "cancelled" ? "success" : "failed",
    requestId,
  });
}
