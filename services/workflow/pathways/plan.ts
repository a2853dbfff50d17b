/** FHIR R4 PlanDefinition, as far as it is understood here, and the definition that it becomes. */
import { z } from "@hono/zod-openapi";
import { type Document, type Finding, type Json, odd, wrong } from "../language/language.ts";

const Expression = z.looseObject({
  language: z.string().max(60).optional(),
  expression: z.string().max(2_000).optional(),
  name: z.string().max(100).optional(),
  description: z.string().max(500).optional(),
});
const Quantity = z.looseObject({
  value: z.number().optional(),
  unit: z.string().optional(),
  code: z.string().optional(),
});
const Condition = z.looseObject({ kind: z.string(), expression: Expression.optional() });
const Related = z.looseObject({
  actionId: z.string(),
  relationship: z.string(),
  offsetDuration: Quantity.optional(),
});

export type Action = {
  id?: string | undefined;
  title?: string | undefined;
  description?: string | undefined;
  textEquivalent?: string | undefined;
  priority?: string | undefined;
  condition?: z.infer<typeof Condition>[] | undefined;
  relatedAction?: z.infer<typeof Related>[] | undefined;
  definitionCanonical?: string | undefined;
  participant?: { role?: { text?: string | undefined } | undefined }[] | undefined;
  timingDuration?: z.infer<typeof Quantity> | undefined;
  timingTiming?: { repeat?: Record<string, unknown> | undefined } | undefined;
  action?: Action[] | undefined;
  [key: string]: unknown;
};

const ActionSchema: z.ZodType<Action> = z.lazy(() =>
  z.looseObject({
    id: z.string().max(200).optional(),
    title: z.string().max(500).optional(),
    description: z.string().optional(),
    textEquivalent: z.string().optional(),
    priority: z.string().optional(),
    condition: z.array(Condition).max(50).optional(),
    relatedAction: z.array(Related).max(50).optional(),
    definitionCanonical: z.string().optional(),
    participant: z.array(z.looseObject({
      role: z.looseObject({ text: z.string().max(60).optional() }).optional(),
    })).optional(),
    timingDuration: Quantity.optional(),
    timingTiming: z.looseObject({ repeat: z.record(z.string(), z.unknown()).optional() })
      .optional(),
    action: z.array(ActionSchema).max(100).optional(),
  })
) as z.ZodType<Action>;

export const Plan = z.looseObject({
  resourceType: z.literal("PlanDefinition"),
  id: z.string().optional(),
  url: z.string().optional(),
  name: z.string().optional(),
  title: z.string().max(200).optional(),
  version: z.string().optional(),
  status: z.string().optional(),
  goal: z.array(z.looseObject({
    id: z.string().optional(),
    description: z.looseObject({ text: z.string().optional() }),
    target: z.array(z.looseObject({
      detailQuantity: Quantity.extend({ comparator: z.string().optional() }).optional(),
      detailRange: z.looseObject({ low: Quantity.optional(), high: Quantity.optional() })
        .optional(),
    })).optional(),
  })).optional(),
  extension: z.array(z.looseObject({ url: z.string(), valueExpression: Expression.optional() }))
    .optional(),
  action: z.array(ActionSchema).max(100).optional(),
});
export type Plan = z.infer<typeof Plan>;

/** Whom the pathway is for: an extension of ours, one expression per condition. */
export const ELIGIBILITY =
  "https://praxis.example/fhir/StructureDefinition/plandefinition-eligibility";

export type Leaf = { id: string; title: string; action: Action; after: Related[] };
type Related = z.infer<typeof Related>;

const slug = (text: string) =>
  text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);

export const keyOf = (plan: Plan): string =>
  slug(plan.name ?? plan.id ?? plan.title ?? "") || "pathway";

/** The actions that somebody does, with what they follow; a group's relations are its members'. */
export function leavesOf(plan: Plan): Leaf[] {
  const leaves: Leaf[] = [];
  const seen = new Set<string>();
  const visit = (
    actions: readonly Action[],
    inherited: Related[],
    conditions: Action["condition"],
  ) => {
    for (const action of actions) {
      const after = [...inherited, ...action.relatedAction ?? []];
      const all = [...conditions ?? [], ...action.condition ?? []];
      if (action.action && action.action.length > 0) {
        visit(action.action, after, all);
        continue;
      }
      const title = action.title ?? action.textEquivalent ?? action.description ??
        action.definitionCanonical?.split("/").at(-1) ?? `Step ${leaves.length + 1}`;
      const wanted = slug(action.id ?? title) || `step-${leaves.length + 1}`;
      const id = seen.has(wanted) ? `${wanted}-${leaves.length + 1}` : wanted;
      seen.add(id);
      leaves.push({ id, title: title.slice(0, 200), action: { ...action, condition: all }, after });
    }
  };
  visit(plan.action ?? [], [], []);
  return leaves;
}

const UNITS: Record<string, string> = {
  s: "seconds",
  min: "minutes",
  h: "hours",
  d: "days",
  wk: "weeks",
  mo: "months",
  a: "years",
};
const DAYS: Record<string, number> = { weeks: 7, months: 30, years: 365 };

/** `{ days: 14 }` of a quantity in UCUM's words; undefined for what is no time. */
export function spanOf({ value, code, unit }: z.infer<typeof Quantity>): Json | undefined {
  const name = UNITS[code ?? unit ?? ""] ?? (code ?? unit ?? "").replace(/([^s])$/, "$1s");
  if (value === undefined || value < 0 || !Object.values(UNITS).includes(name)) return undefined;
  return name in DAYS ? { days: value * DAYS[name]! } : { [name]: value };
}

const DUE: Record<string, Json> = {
  stat: { hours: 2 },
  asap: { days: 1 },
  urgent: { days: 2 },
  routine: { days: 14 },
};

function repeatsOf({ timingTiming }: Action): { count: number; pause: Json } | undefined {
  const { count, period, periodUnit } = timingTiming?.repeat ?? {};
  if (typeof count !== "number" || count < 2 || count > 100) return undefined;
  const pause = spanOf({ value: Number(period), code: String(periodUnit) });
  return pause === undefined ? undefined : { count, pause };
}

/** What is lost when the plan is run: everything else is carried out or carried along. */
export function findingsOf(plan: Plan): Finding[] {
  const leaves = leavesOf(plan);
  const ids = new Set(leaves.flatMap(({ id, action }) => [id, action.id ?? id]));
  const findings: Finding[] = leaves.length === 0
    ? [wrong("/action", "empty", "There is nothing to do in it.")]
    : [];
  for (const { id, action, after } of leaves) {
    for (const name of ["timingAge", "timingPeriod", "timingDateTime", "timingRange"]) {
      if (action[name] !== undefined) {
        findings.push(odd(`/action/${id}/${name}`, "timing", "Shown, but not waited for."));
      }
    }
    for (const { expression } of action.condition ?? []) {
      const language = expression?.language ?? "";
      if (language !== "text/fhirpath") {
        const detail = `${language || "No language"} is not evaluated here: a person decides.`;
        findings.push(odd(`/action/${id}/condition`, "language", detail));
      }
    }
    for (const { actionId } of after) {
      if (!ids.has(actionId)) {
        findings.push(odd(`/action/${id}/relatedAction`, "related", `There is no ${actionId}.`));
      }
    }
  }
  return findings;
}

/** One branch per action: after what it follows, when it is time, by a task or by evidence. */
function branchOf(leaf: Leaf, leaves: readonly Leaf[]): Json {
  const { id, title, action, after } = leaf;
  const subject = "${ input.enrolmentId }";
  const tasks: Json[] = [];
  let offset = action.timingDuration && spanOf(action.timingDuration);
  for (const [n, related] of after.entries()) {
    if (!related.relationship.startsWith("after")) continue;
    const other = leaves.find((one) =>
      one.id === related.actionId ||
      one.action.id === related.actionId
    );
    if (!other || other === leaf) continue;
    const data = `\${ data.step == '${other.id}' }`;
    const what = related.relationship.startsWith("after-end") ? "step_done" : "step_begun";
    tasks.push({
      [`${id}-after-${n + 1}`]: {
        listen: { to: { one: { with: { type: `clinic.${what}`, subject, data } } } },
      },
    });
    offset = (related.offsetDuration && spanOf(related.offsetDuration)) ?? offset;
  }
  if (offset !== undefined) tasks.push({ [`${id}-wait`]: { wait: offset } });
  const due = DUE[action.priority ?? "routine"] ?? DUE.routine!;
  const pools = (action.participant ?? []).flatMap(({ role }) => role?.text ? [role.text] : []);
  const tell = (what: string) => ({
    emit: {
      event: { with: { type: `clinic.${what}`, source: "/pathway", subject, data: { step: id } } },
    },
  });
  const step: Json = {
    fork: {
      compete: true,
      branches: [
        {
          [`${id}-task`]: {
            call: "clinic.humanTask",
            with: {
              title,
              due,
              ...(pools.length === 0 ? {} : { candidateRoles: pools }),
              subject: { type: "enrolment", id: subject },
            },
          },
        },
        {
          [`${id}-evidence`]: {
            listen: {
              to: {
                one: {
                  with: { type: "clinic.evidence", subject, data: `\${ data.step == '${id}' }` },
                },
              },
            },
          },
        },
      ],
    },
  };
  const repeats = repeatsOf(action);
  const rounds = repeats && Array.from({ length: repeats.count }, (_, n) => n);
  tasks.push(
    { [`${id}-begun`]: tell("step_begun") },
    repeats
      ? {
        [`${id}-rounds`]: {
          for: { each: "round", in: `\${ [${rounds!.join(", ")}] }` },
          do: [
            { [`${id}-pause`]: { if: "${ round > 0 }", wait: repeats.pause } },
            { [id]: step },
          ],
        },
      }
      : { [id]: step },
    { [`${id}-done`]: tell("step_done") },
  );
  // Only what is known not to apply is left out: what cannot be told is for a person.
  const known = `has(input.applicable) && '${id}' in input.applicable`;
  return {
    [id + "-branch"]: { if: `\${ !(${known} && input.applicable['${id}'] == false) }`, do: tasks },
  };
}

/** The definition that the engine runs; its input is an enrolment. */
export function compilePlan(plan: Plan): Document {
  const leaves = leavesOf(plan);
  return {
    document: {
      dsl: "1.0.3",
      namespace: "pathway",
      name: keyOf(plan),
      version: /^\d+\.\d+\.\d+$/.test(plan.version ?? "") ? plan.version! : "1.0.0",
      title: (plan.title ?? plan.name ?? keyOf(plan)).slice(0, 200),
    },
    evaluate: { language: "cel" },
    do: [{ steps: { fork: { branches: leaves.map((leaf) => branchOf(leaf, leaves)) } } }] as never,
  };
}
