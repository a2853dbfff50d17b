/** What can be done with patients on pathways: enrolled, looked at, held, ended. */
import { record } from "@praxis/shared/audit";
import type { UserActor } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { type Db, read, transaction } from "@praxis/shared/postgres";
import { Problem } from "@praxis/shared/problem";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import type { Json } from "../language/language.ts";
import { problem } from "../problems.ts";
import * as runs from "../runs/runs.ts";
import { applicabilityOf, eligibilityOf } from "./apply.ts";
import { edgesOf } from "./graph.ts";
import type { EnrolmentDetail, EnrolmentStatus, PathwayGraph } from "./model.ts";
import { getPathway, type Known } from "./pathways.ts";
import { awaitedBy, leavesOf, Plan } from "./plan.ts";
import { waitsOf } from "./timing.ts";
import * as store from "./store.ts";

type Request = { requestId: string };

type Noted = Request & { id: string; action: string; details?: Record<string, unknown> };

const entryOf = (actor: UserActor, { id, action, requestId, details = {} }: Noted) => ({
  actor,
  organizationId: actor.organizationId,
  action: `enrolment.${action}`,
  subject: { type: "enrolment", id },
  requestId,
  details,
});

/** The audit row of a change to an enrolment. */
export const note = (
  tx: Db,
  deps: Deps,
  actor: UserActor,
  action: string,
  id: string,
  requestId: string,
  details: Record<string, unknown> = {},
) => record(tx, deps.now(), entryOf(actor, { id, action, requestId, details }));

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
  const patient = resources.find(({ resourceType }) => resourceType === "Patient");
  const birthDate = typeof patient?.birthDate === "string" ? patient.birthDate : undefined;
  const waits = waitsOf(leavesOf(plan), { birthDate, now: at });
  await transaction(deps.sql, { organizationId }, async (tx) => {
    const runId = await runs.startWithin(tx, at, actor, {
      definition,
      organizationId,
      input: { enrolmentId: id, patientId, applicable, waits } as Json,
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

export async function find(tx: Db, organizationId: string, id: string): Promise<store.Kept> {
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
  // Within its own branch: another action may be called what a part of this one is.
  const ended = (id: string, part: string) =>
    steps.findLast(({ node, state }) =>
      state === "done" && node.includes(`/${id}-branch/`) && node.endsWith(`/${id}-${part}`)
    );
  return {
    ...enrolment,
    steps: leaves.map((leaf) => {
      const { id, title, action } = leaf;
      const done = ended(id, "done");
      const isBegun = ended(id, "begun") !== undefined;
      const evidence = ended(id, "evidence")?.output as { evidence?: string }[] | undefined;
      return {
        id,
        title,
        priority: action.priority ?? null,
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
        after: [
          ...new Set(
            awaitedBy(leaf, leaves).flatMap(({ others }) => others.map(({ id }) => id)),
          ),
        ],
      };
    }),
    edges: edgesOf(leaves),
    goals,
    variances,
  };
}

/** The pathway drawn on one patient. */
export async function graph(
  deps: Deps,
  actor: UserActor,
  asked: Request & { id: string },
): Promise<PathwayGraph> {
  const { steps, edges } = await get(deps, actor, asked);
  return { nodes: steps.map(({ after: _after, ...node }) => node), edges };
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

/** Holds, resumes or ends an enrolment; its timers and tasks follow in the same transaction. */
export async function move(
  deps: Deps,
  actor: UserActor,
  { id, what, reason, requestId }: Request & { id: string; what: EnrolmentMove; reason: string },
): Promise<void> {
  const scope = { organizationId: actor.organizationId };
  const { from, to } = MOVES[what];
  const isEnd = to !== "active" && to !== "on_hold";
  const found = await read(deps.sql, scope, (tx) => find(tx, scope.organizationId, id));
  const wrongState = () => problem("enrolment-state", { detail: `It is ${found.status}.` });
  if (!(from as readonly EnrolmentStatus[]).includes(found.status)) throw wrongState();
  const alongside = async (tx: Db) => {
    const isMoved = await store.move(tx, scope.organizationId, id, {
      from,
      to,
      reason: what === "resume" ? null : reason,
      endedAt: isEnd ? deps.now() : null,
    });
    if (!isMoved) throw problem("enrolment-state", { detail: "It has changed meanwhile." });
    return [entryOf(actor, { id, action: what, requestId, details: { reason } })];
  };
  const asked = { id: found.runId, reason, requestId, alongside };
  if (what === "hold") return void await runs.suspend(deps, actor, asked);
  if (what === "resume") return void await runs.resume(deps, actor, asked);
  try {
    await runs.cancel(deps, actor, { ...asked, compensate: false });
  } catch (error) {
    // A run that has ended, or is being undone, needs nobody to end it.
    if (!(error instanceof Problem && error.kind === "run-state")) throw error;
    await transaction(
      deps.sql,
      scope,
      async (tx) => await record(tx, deps.now(), ...await alongside(tx)),
    );
  }
}
