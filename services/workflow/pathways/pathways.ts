/** What can be done with pathways: taken in, given out, and asked about a patient. */
import type { UserActor } from "@praxis/shared/auth";
import type { DefinitionDetail } from "../definitions/model.ts";
import * as definitions from "../definitions/definitions.ts";
import type { Deps } from "../deps.ts";
import { asRecord, type Document, findUnsafe, hashOf } from "../language/language.ts";
import { problem } from "../problems.ts";
import { applyPlan, eligibilityOf, type Resource } from "./apply.ts";
import { edgesOf } from "./graph.ts";
import type { PathwayGraph } from "./model.ts";
import { compilePlan } from "./compiling.ts";
import { findingsOf, leavesOf, Plan } from "./plan.ts";

export { endForPatient, endWithRun } from "./endings.ts";

type Request = { requestId: string };

/** What is approved is the document: it says which plan it was made of, goals and all. */
async function withPlan(document: Document, plan: unknown): Promise<Document> {
  const metadata = { planSha256: await hashOf(plan) };
  return { ...document, document: { ...document.document, metadata } };
}

/** Plans that were taken in before documents named theirs are what cannot have changed since. */
async function ensurePlan({ document, source }: DefinitionDetail): Promise<void> {
  const { planSha256 } = asRecord(document.document.metadata);
  if (planSha256 === undefined || planSha256 === await hashOf(JSON.parse(source))) return;
  throw problem("approval-void");
}

/** Takes a PlanDefinition in: the draft of a definition, handed in and approved like any other. */
export async function importPlan(
  deps: Deps,
  actor: UserActor,
  { plan: written, note, requestId }: Request & { plan: unknown; note: string | undefined },
) {
  const unsafe = findUnsafe(written);
  if (unsafe) throw definitions.invalid([unsafe]);
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
    document: await withPlan(compilePlan(plan), written),
    requestId,
  });
  return { ...draft, findings: [...findings, ...draft.findings] };
}

/** The active version of a pathway and its plan. */
export async function getPathway(deps: Deps, organizationId: string, key: string) {
  const definition = await definitions.getActive(deps, organizationId, key);
  if (definition.kind !== "pathway") throw problem("definition-not-found");
  await ensurePlan(definition);
  return { definition, plan: Plan.parse(JSON.parse(definition.source)) };
}

export const exportPlan = async (deps: Deps, { organizationId }: UserActor, key: string) =>
  (await getPathway(deps, organizationId, key)).plan;

/** The active version of a pathway as something that can be drawn, on nobody in particular. */
export async function graph(
  deps: Deps,
  { organizationId }: UserActor,
  key: string,
): Promise<PathwayGraph> {
  const { plan } = await getPathway(deps, organizationId, key);
  const leaves = leavesOf(plan);
  return {
    nodes: leaves.map(({ id, title, action }) => ({
      id,
      title,
      priority: action.priority ?? null,
      state: null,
      cannotTell: false,
      doneAt: null,
      evidence: null,
    })),
    edges: edgesOf(leaves),
  };
}

export type Known = Request & { key: string; patientId: string; resources: Resource[] };

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
