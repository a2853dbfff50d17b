/** What is recorded of a patient on a pathway: evidence, variances and goals. */
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import * as runs from "../runs/runs.ts";
import { find, note } from "./enrolments.ts";
import { type GoalProgress, isTargetMet, type Variance } from "./model.ts";
import { leavesOf, Plan } from "./plan.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

/** Something has happened without its task: the step is closed by it. */
export async function addEvidence(
  deps: Deps,
  actor: UserActor,
  { id, step, reference, requestId }: Request & { id: string; step: string; reference: string },
): Promise<void> {
  const { organizationId } = actor;
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const enrolment = await find(tx, organizationId, id);
    await checkStep(tx, organizationId, enrolment, step);
    await runs.keepFact(tx, {
      organizationId,
      source: "/pathways",
      id: newId(),
      type: "clinic.evidence",
      subject: id,
      data: { step, evidence: reference },
      time: at,
      requestId,
      depth: 0,
    });
    await deps.wakeRuns(tx);
    await note(tx, deps, actor, "evidence_added", id, requestId, { step, reference });
  });
}

async function planOf(tx: Db, organizationId: string, { definitionId }: store.Kept): Promise<Plan> {
  const definition = await definitions.findById(tx, organizationId, definitionId);
  return Plan.parse(JSON.parse(definition!.source));
}

async function checkStep(
  tx: Db,
  organizationId: string,
  enrolment: store.Kept,
  step: string,
): Promise<void> {
  const plan = await planOf(tx, organizationId, enrolment);
  if (leavesOf(plan).some(({ id }) => id === step)) return;
  throw common("invalid-request", {
    errors: [{ pointer: "/step", detail: "The pathway has no such step." }],
  });
}

export async function addVariance(
  deps: Deps,
  actor: UserActor,
  { id, requestId, code, note: text, ...given }:
    & Request
    & { id: string; code?: string | undefined; note?: string | undefined }
    & Pick<Variance, "step" | "type" | "cause">,
): Promise<Variance> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  const made = { ...given, id: newId(), code: code ?? null, note: text ?? null };
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const enrolment = await find(tx, organizationId, id);
    // A step that was added is not one of the plan's.
    if (given.type !== "added") await checkStep(tx, organizationId, enrolment, given.step);
    await store.insertVariance(tx, organizationId, id, { ...made, recordedBy: userId, at });
    const { step, type, cause } = given;
    await note(tx, deps, actor, "variance_recorded", id, requestId, { step, type, cause });
  });
  return { ...made, recordedBy: userId, at: at.toISOString() };
}

export async function addGoal(
  deps: Deps,
  actor: UserActor,
  { id, requestId, unit, ...given }:
    & Request
    & { id: string; unit?: string | undefined }
    & Pick<GoalProgress, "goal" | "value" | "measuredOn">,
): Promise<GoalProgress> {
  const { organizationId, userId } = actor;
  const at = deps.now();
  return await transaction(deps.sql, { organizationId }, async (tx) => {
    const plan = await planOf(tx, organizationId, await find(tx, organizationId, id));
    const goal = (plan.goal ?? []).find((one, n) => (one.id ?? `goal-${n + 1}`) === given.goal);
    if (!goal) {
      throw common("invalid-request", {
        errors: [{ pointer: "/goal", detail: "The pathway has no such goal." }],
      });
    }
    const isMet = isTargetMet(goal.target?.[0] as never, given.value) ?? null;
    const made = { ...given, id: newId(), unit: unit ?? null, isMet };
    await store.insertGoal(tx, organizationId, id, { ...made, recordedBy: userId, at });
    await note(tx, deps, actor, "goal_measured", id, requestId, { goal: given.goal });
    return { ...made, at: at.toISOString() };
  });
}
