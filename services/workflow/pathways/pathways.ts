/** What can be done with pathways, and with patients on them. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { common } from "@praxis/shared/problem";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import type { Json } from "../language/language.ts";
import { problem } from "../problems.ts";
import * as runs from "../runs/runs.ts";
import { applicabilityOf, applyPlan, eligibilityOf, type Resource } from "./apply.ts";
import {
  type EnrolmentDetail,
  type EnrolmentStatus,
  type GoalProgress,
  isTargetMet,
  type Variance,
} from "./model.ts";
import { compilePlan, findingsOf, leavesOf, Plan } from "./plan.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

/** Takes a PlanDefinition in: the draft of a definition, handed in and approved like any other. */
export async function importPlan(
  deps: Deps,
  actor: UserActor,
  { plan: written, note, requestId }: Request & { plan: unknown; note: string | undefined },
) {
  const parsed = Plan.safeParse(written);
  if (!parsed.success) {
    throw problem("definition-invalid", {
      errors: parsed.error.issues.slice(0, 50).map(({ path, message }) => ({
        pointer: `/plan/${path.join("/")}`,
        detail: message,
      })),
    });
  }
  const plan = parsed.data;
  const findings = findingsOf(plan);
  if (findings.some(({ severity }) => severity === "error")) throw definitions.invalid(findings);
  const draft = await definitions.putDraft(deps, actor, {
    source: JSON.stringify(written),
    note,
    kind: "pathway",
    document: compilePlan(plan),
    requestId,
  });
  return { ...draft, findings: [...findings, ...draft.findings] };
}

/** The active version of a pathway and its plan. */
async function getPathway(deps: Deps, organizationId: string, key: string) {
  const definition = await definitions.getActive(deps, organizationId, key);
  if (definition.kind !== "pathway") throw problem("definition-not-found");
  return { definition, plan: Plan.parse(JSON.parse(definition.source)) };
}

export const exportPlan = async (deps: Deps, { organizationId }: UserActor, key: string) =>
  (await getPathway(deps, organizationId, key)).plan;

type Known = Request & { key: string; patientId: string; resources: Resource[] };

/** `$apply` without keeping anything. */
export async function apply(
  deps: Deps,
  actor: UserActor,
  { key, patientId, resources, requestId }: Known,
) {
  const { organizationId } = actor;
  const { plan } = await getPathway(deps, organizationId, key);
  const applied = await applyPlan(deps.sandbox, plan, { patientId, resources });
  await audit(deps, actor, "pathway.applied", patientId, requestId, { key });
  return applied;
}

export async function eligibility(
  deps: Deps,
  actor: UserActor,
  { key, patientId, resources, requestId }: Known,
) {
  const { organizationId } = actor;
  const { plan } = await getPathway(deps, organizationId, key);
  const found = await eligibilityOf(deps.sandbox, plan, resources);
  await audit(deps, actor, "pathway.eligibility_read", patientId, requestId, { key });
  return found;
}

const audit = (
  deps: Deps,
  actor: UserActor,
  action: string,
  patientId: string,
  requestId: string,
  details: Record<string, unknown>,
) =>
  deps.auditRead({
    actor,
    organizationId: actor.organizationId,
    action,
    subject: { type: "patient", id: patientId },
    requestId,
    details,
  });

const note = (
  tx: Db,
  deps: Deps,
  actor: UserActor,
  action: string,
  id: string,
  requestId: string,
  details: Record<string, unknown> = {},
) =>
  record(tx, deps.now(), {
    actor,
    organizationId: actor.organizationId,
    action: `enrolment.${action}`,
    subject: { type: "enrolment", id },
    requestId,
    details,
  });

/** Puts a patient on a pathway, once at a time; whoever does so against the rules says why. */
export async function enrol(
  deps: Deps,
  actor: UserActor,
  { key, patientId, resources, indexOn, override, requestId }: Known & {
    indexOn: string | undefined;
    override: string | undefined;
  },
): Promise<string> {
  const { organizationId, userId } = actor;
  const { definition, plan } = await getPathway(deps, organizationId, key);
  const found = await eligibilityOf(deps.sandbox, plan, resources);
  if (found.isEligible !== true && override === undefined) {
    throw problem("not-eligible", {
      errors: found.reasons.filter(({ isMet }) => isMet !== true).map(({ name, detail }) => ({
        pointer: "/resources",
        detail: `${name}: ${detail}`,
      })),
    });
  }
  const applicable = await applicabilityOf(deps.sandbox, plan, resources);
  const id = newId();
  const at = deps.now();
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const runId = await runs.startWithin(tx, at, actor, {
      definition,
      organizationId,
      input: { enrolmentId: id, patientId, applicable } as Json,
      subject: { type: "enrolment", id },
      patientId,
      startedBy: { kind: "user", id: userId },
      requestId,
      startKey: `enrolment ${id}`,
    });
    const isNew = await store.insert(tx, organizationId, {
      id,
      patientId,
      definitionId: definition.id,
      key,
      version: definition.version,
      runId: runId!,
      eligibility: found,
      indexOn: indexOn ?? at.toISOString().slice(0, 10),
      enrolledBy: userId,
      at,
    });
    if (!isNew) throw problem("enrolment-exists");
    await deps.wakeRuns(tx);
    await note(tx, deps, actor, "started", id, requestId, {
      key,
      version: definition.version,
      isOverridden: found.isEligible !== true,
    });
  });
  return id;
}

async function find(tx: Db, organizationId: string, id: string): Promise<store.Kept> {
  const found = await store.find(tx, organizationId, id);
  if (!found) throw problem("enrolment-not-found");
  return found;
}

export async function get(
  deps: Deps,
  actor: UserActor,
  { id, requestId }: Request & { id: string },
): Promise<EnrolmentDetail> {
  const { organizationId } = actor;
  const loaded = await read(deps.sql, { organizationId }, async (tx) => {
    const enrolment = await find(tx, organizationId, id);
    const definition = await definitions.findById(tx, organizationId, enrolment.definitionId);
    const goals = await store.listGoals(tx, organizationId, id);
    const variances = await store.listVariances(tx, organizationId, id);
    return { enrolment, definition, goals, variances };
  });
  const { enrolment, goals, variances } = loaded;
  const plan = Plan.parse(JSON.parse(loaded.definition!.source));
  const { run, steps } = await runs.get(deps, actor, { id: enrolment.runId, requestId });
  const { applicable } = run.state.input as { applicable: Record<string, boolean | null> };
  const leaves = leavesOf(plan);
  const ended = (name: string) =>
    steps.findLast(({ node, state }) => node.endsWith(`/${name}`) && state === "done");
  return {
    ...enrolment,
    steps: leaves.map(({ id, title, after }) => {
      const done = ended(`${id}-done`);
      const isBegun = ended(`${id}-begun`) !== undefined;
      const evidence = ended(`${id}-evidence`)?.output as { evidence?: string }[] | undefined;
      return {
        id,
        title,
        state: applicable[id] === false
          ? "not_applicable" as const
          : done
          ? "done" as const
          : isBegun
          ? "open" as const
          : "ahead" as const,
        cannotTell: applicable[id] === null,
        doneAt: done?.endedAt?.toISOString() ?? null,
        evidence: evidence?.[0]?.evidence ?? null,
        after: after.map(({ actionId }) =>
          leaves.find((one) => one.action.id === actionId)?.id ?? actionId
        ),
      };
    }),
    goals,
    variances,
  };
}

/** Newest first, from the one before `before` on; one more than `limit` when there are more. */
export async function list(
  deps: Deps,
  actor: UserActor,
  { filter, before, limit, requestId }: Request & {
    filter: store.Filter;
    before: string | undefined;
    limit: number;
  },
) {
  const { organizationId } = actor;
  const rows = await read(
    deps.sql,
    { organizationId },
    (tx) => store.list(tx, organizationId, filter, { before, limit: limit + 1 }),
  );
  await deps.auditRead({
    actor,
    organizationId,
    action: "enrolment.listed",
    subject: { type: "enrolment" },
    requestId,
    details: { ...filter, count: Math.min(rows.length, limit) },
  });
  return rows;
}

const MOVES = {
  hold: { from: ["active"], to: "on_hold" },
  resume: { from: ["on_hold"], to: "active" },
  withdraw: { from: ["active", "on_hold"], to: "withdrawn" },
  transfer: { from: ["active", "on_hold"], to: "transferred" },
  complete: { from: ["active", "on_hold"], to: "completed" },
} as const satisfies Record<string, { from: readonly EnrolmentStatus[]; to: EnrolmentStatus }>;
export type EnrolmentMove = keyof typeof MOVES;
export const enrolmentMoves = Object.keys(MOVES) as EnrolmentMove[];

/** Holds, resumes or ends an enrolment; its timers and tasks follow at once. */
export async function move(
  deps: Deps,
  actor: UserActor,
  { id, what, reason, requestId }: Request & { id: string; what: EnrolmentMove; reason: string },
): Promise<void> {
  const { organizationId } = actor;
  const { from, to } = MOVES[what];
  const isEnd = to !== "active" && to !== "on_hold";
  const at = deps.now();
  const { runId } = await transaction(deps.sql, { organizationId }, async (tx) => {
    const found = await find(tx, organizationId, id);
    const isMoved = await store.move(tx, organizationId, id, {
      from,
      to,
      reason: what === "resume" ? null : reason,
      endedAt: isEnd ? at : null,
    });
    if (!isMoved) throw problem("enrolment-state", { detail: `It is ${found.status}.` });
    await note(tx, deps, actor, what, id, requestId, { reason });
    return found;
  });
  const asked = { id: runId, reason, requestId };
  try {
    if (what === "hold") await runs.suspend(deps, actor, asked);
    else if (what === "resume") await runs.resume(deps, actor, asked);
    else await runs.cancel(deps, actor, { ...asked, compensate: false });
  } catch (error) {
    // A run that has ended by itself needs nobody to end it.
    if (!isEnd || (error as { status?: number }).status !== 409) throw error;
  }
}

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
