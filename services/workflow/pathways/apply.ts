/** `$apply`: what a plan means for one patient, with what is known and what is not. */
import type { Sandbox } from "../language/language.ts";
import { type Action, awaitedBy, ELIGIBILITY, type Leaf, leavesOf, type Plan } from "./plan.ts";

export type Resource = { resourceType: string; id?: string; [key: string]: unknown };
/** null: it cannot be told. */
export type Verdict = { name: string; isMet: boolean | null; detail: string };
export type Eligibility = { isEligible: boolean | null; reasons: Verdict[]; missing: string[] };

type Asked = { name: string; language: string | undefined; text: string | undefined };

async function judge(
  sandbox: Sandbox,
  asked: readonly Asked[],
  resources: readonly Resource[],
): Promise<Verdict[]> {
  const known = asked.filter(({ language, text }) => language === "text/fhirpath" && text);
  const answers = await sandbox.fhirpath(known.map(({ text }) => text!), resources as never);
  return asked.map((one) => {
    const { name } = one;
    const at = known.indexOf(one);
    if (at < 0) return { name, isMet: null, detail: `${one.language ?? "it"} is not evaluated` };
    const answer = answers[at]!;
    if (!answer.ok) return { name, isMet: null, detail: answer.reason };
    const [value] = answer.value as unknown[];
    if (typeof value !== "boolean") return { name, isMet: null, detail: "the data do not say" };
    return { name, isMet: value, detail: value ? "holds" : "does not hold" };
  });
}

/** Whom the plan is for: all of its conditions must hold; one that cannot be told is missing data. */
export async function eligibilityOf(
  sandbox: Sandbox,
  plan: Plan,
  resources: readonly Resource[],
): Promise<Eligibility> {
  const asked = (plan.extension ?? []).filter(({ url }) => url === ELIGIBILITY)
    .map(({ valueExpression: one }) => ({
      name: one?.description ?? one?.name ?? one?.expression ?? "",
      language: one?.language,
      text: one?.expression,
    }));
  const reasons = await judge(sandbox, asked, resources);
  const missing = reasons.filter(({ isMet }) => isMet === null).map(({ name }) => name);
  const isRefused = reasons.some(({ isMet }) => isMet === false);
  return { isEligible: isRefused ? false : missing.length > 0 ? null : true, reasons, missing };
}

/** Which actions apply: false only when a condition is known not to hold. */
export async function applicabilityOf(
  sandbox: Sandbox,
  plan: Plan,
  resources: readonly Resource[],
): Promise<Record<string, boolean | null>> {
  const leaves = leavesOf(plan);
  const asked = leaves.flatMap(({ id, action }) =>
    (action.condition ?? []).filter(({ kind }) => kind === "applicability" || kind === "start")
      .map(({ expression: one }) => ({
        name: id,
        language: one?.language,
        text: one?.expression,
      }))
  );
  const verdicts = await judge(sandbox, asked, resources);
  const applicable = Object.fromEntries(leaves.map(({ id }) => {
    const own = verdicts.filter(({ name }) => name === id).map(({ isMet }) => isMet);
    return [id, own.includes(false) ? false : own.includes(null) ? null : true];
  }));
  return withoutFollowers(leaves, applicable);
}

/** What follows only things that do not apply will never come, and so on. */
function withoutFollowers(
  leaves: readonly Leaf[],
  applicable: Record<string, boolean | null>,
): Record<string, boolean | null> {
  const found = { ...applicable };
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const leaf of leaves) {
      const before = awaitedBy(leaf, leaves).flatMap(({ others }) => others);
      const isLeftOut = before.length > 0 && before.every(({ id }) => found[id] === false);
      if (found[leaf.id] === false || !isLeftOut) continue;
      found[leaf.id] = false;
      isSettled = false;
    }
  }
  return found;
}

const CARRIED = [
  "title",
  "description",
  "textEquivalent",
  "priority",
  "code",
  "documentation",
  "condition",
  "relatedAction",
  "timingDateTime",
  "timingAge",
  "timingPeriod",
  "timingDuration",
  "timingRange",
  "timingTiming",
  "participant",
  "type",
  "groupingBehavior",
  "selectionBehavior",
  "requiredBehavior",
  "precheckBehavior",
  "cardinalityBehavior",
];

/** CarePlan, RequestGroup and Tasks, as drafts that nobody has kept. */
export async function applyPlan(
  sandbox: Sandbox,
  plan: Plan,
  { patientId, resources }: { patientId: string; resources: readonly Resource[] },
): Promise<{ resources: Resource[]; applicable: Record<string, boolean | null> }> {
  const applicable = await applicabilityOf(sandbox, plan, resources);
  const leaves = leavesOf(plan);
  const subject = { reference: `Patient/${patientId}` };
  const taken = leaves.filter(({ id }) => applicable[id] !== false);
  const tasks: Resource[] = taken.map(({ id, title, action }) => ({
    resourceType: "Task",
    id: `task-${id}`,
    status: "draft",
    intent: "proposal",
    priority: action.priority ?? "routine",
    description: title,
    for: subject,
    ...(action.definitionCanonical ? { instantiatesCanonical: action.definitionCanonical } : {}),
    ...(applicable[id] === null
      ? { statusReason: { text: "Whether it applies cannot be told from the data." } }
      : {}),
  }));
  let at = 0;
  const toAction = (action: Action): Record<string, unknown> | undefined => {
    const carried = Object.fromEntries(
      CARRIED.filter((name) => action[name] !== undefined).map((name) => [name, action[name]]),
    );
    const id = action.id === undefined ? {} : { id: action.id };
    if (action.action && action.action.length > 0) {
      const inner = action.action.map(toAction).filter((one) => one !== undefined);
      return inner.length === 0 ? undefined : { ...id, ...carried, action: inner };
    }
    const leaf = leaves[at++]!;
    return applicable[leaf.id] === false
      ? undefined
      : { ...id, ...carried, resource: { reference: `#task-${leaf.id}` } };
  };
  const actions = (plan.action ?? []).map(toAction).filter((one) => one !== undefined);
  const canonical = plan.url === undefined ? {} : { instantiatesCanonical: [plan.url] };
  const group: Resource = {
    resourceType: "RequestGroup",
    id: "request-group",
    status: "draft",
    intent: "proposal",
    subject,
    ...canonical,
    action: actions,
  };
  const carePlan: Resource = {
    resourceType: "CarePlan",
    id: "care-plan",
    status: "draft",
    intent: "proposal",
    subject,
    ...canonical,
    ...(plan.title === undefined ? {} : { title: plan.title }),
    ...(plan.goal === undefined ? {} : {
      contained: plan.goal.map((goal, n) => ({
        resourceType: "Goal",
        id: goal.id ?? `goal-${n + 1}`,
        lifecycleStatus: "proposed",
        description: goal.description,
        subject,
        ...(goal.target === undefined ? {} : { target: goal.target }),
      })),
      goal: plan.goal.map((goal, n) => ({ reference: `#${goal.id ?? `goal-${n + 1}`}` })),
    }),
    activity: actions.length === 0 ? [] : [{ reference: { reference: "#request-group" } }],
  };
  return { resources: [carePlan, group, ...tasks], applicable };
}
