/** FHIR R4 PlanDefinition, as far as it is understood here, and the definition that it becomes. */
import { z } from "@hono/zod-openapi";
import { type Finding, type Json, odd, wrong } from "../language/language.ts";

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
  comparator: z.string().optional(),
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
  timingAge?: z.infer<typeof Quantity> | undefined;
  timingRange?: { low?: z.infer<typeof Quantity> | undefined } | undefined;
  timingPeriod?: { start?: string | undefined } | undefined;
  timingDateTime?: string | undefined;
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
    timingAge: Quantity.optional(),
    timingRange: z.looseObject({ low: Quantity.optional() }).optional(),
    timingPeriod: z.looseObject({ start: z.string().max(40).optional() }).optional(),
    timingDateTime: z.string().max(40).optional(),
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

export type Leaf = {
  id: string;
  title: string;
  action: Action;
  after: Related[];
  /** Ids of the groups that it stands in. */
  groups: string[];
};
type Related = z.infer<typeof Related>;

const slug = (text: string) =>
  text.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-+|-+$/g, "");

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
    groups: string[],
  ) => {
    for (const action of actions) {
      const after = [...inherited, ...action.relatedAction ?? []];
      const all = [...conditions ?? [], ...action.condition ?? []];
      if (action.action && action.action.length > 0) {
        visit(action.action, after, all, action.id ? [...groups, action.id] : groups);
        continue;
      }
      const title = action.title ?? action.textEquivalent ?? action.description ??
        action.definitionCanonical?.split("/").at(-1) ?? `Step ${leaves.length + 1}`;
      const wanted = slug(action.id ?? title) || `step-${leaves.length + 1}`;
      const id = seen.has(wanted) ? `${wanted}-${leaves.length + 1}` : wanted;
      seen.add(id);
      const own = { ...action, condition: all };
      leaves.push({ id, title: title.slice(0, 200), action: own, after, groups });
    }
  };
  visit(plan.action ?? [], [], [], []);
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
/** More than the engine runs side by side. */
const LEAVES_MAX = 300;
const DAYS: Record<string, number> = { weeks: 7, months: 30, years: 365 };

/** `{ days: 14 }` of a quantity in UCUM's words; undefined for what is no time. */
export function spanOf({ value, code, unit }: z.infer<typeof Quantity>): Json | undefined {
  const name = UNITS[code ?? unit ?? ""] ?? (code ?? unit ?? "").replace(/([^s])$/, "$1s");
  if (value === undefined || value < 0 || !Object.values(UNITS).includes(name)) return undefined;
  return name in DAYS ? { days: value * DAYS[name]! } : { [name]: value };
}

/**
 * What a relation names, by its id here or in the plan: one leaf, or all of a group. Never the leaf
 * itself, nor a group that it stands in.
 */
export function othersOf(
  { actionId }: Pick<Related, "actionId">,
  leaf: Leaf,
  leaves: readonly Leaf[],
): Leaf[] {
  const other = leaves.find(({ id, action }) => id === actionId || action.id === actionId);
  if (other) return other === leaf ? [] : [other];
  return leaf.groups.includes(actionId)
    ? []
    : leaves.filter(({ groups }) => groups.includes(actionId));
}

/**
 * What a leaf waits for: the end of all of `others`, or the beginning of the first of them. `offset`
 * is how long it waits after that.
 */
export type Awaited = {
  others: Leaf[];
  until: "begun" | "done";
  offset: Related["offsetDuration"] | undefined;
};

/** A time within which something has to follow is not one to be waited for. */
const offsetOf = ({ offsetDuration }: Related) =>
  offsetDuration?.comparator?.startsWith("<") ? undefined : offsetDuration;

/** What a leaf follows, whichever of the two actions says so. */
export function awaitedBy(leaf: Leaf, leaves: readonly Leaf[]): Awaited[] {
  const own = leaf.after.filter(({ relationship }) => relationship.startsWith("after"))
    .map((related): Awaited => ({
      others: othersOf(related, leaf, leaves),
      until: related.relationship === "after-start" ? "begun" : "done",
      offset: offsetOf(related),
    }));
  const told = leaves.flatMap((other) =>
    other.after.filter((related) =>
      /^before(-start)?$/.test(related.relationship) &&
      othersOf(related, other, leaves).includes(leaf)
    ).map((related): Awaited => ({ others: [other], until: "done", offset: offsetOf(related) }))
  );
  return [...own, ...told].filter(({ others }) => others.length > 0);
}

/** Leaves that wait for one another, so that none of them would ever begin. */
function findCircle(leaves: readonly Leaf[]): Leaf | undefined {
  const isDone = new Map<Leaf, boolean>();
  const visit = (leaf: Leaf): boolean => {
    const known = isDone.get(leaf);
    if (known !== undefined) return !known;
    isDone.set(leaf, false);
    // Of those that need only begin, one is enough.
    const isCaught = awaitedBy(leaf, leaves).some(({ others, until }) =>
      until === "done" ? others.some(visit) : others.every(visit)
    );
    if (!isCaught) isDone.set(leaf, true);
    return isCaught;
  };
  return leaves.find(visit);
}

/** Times that are in no unit known here: the step would come at once. */
function lostTimes({ action, after }: Leaf): string[] {
  const spans = [
    action.timingDuration,
    action.timingRange?.low,
    ...after.map(({ offsetDuration }) => offsetDuration),
  ].filter((one) => one?.value !== undefined);
  const lost = spans.filter((one) => spanOf(one!) === undefined)
    .map((one) => `${one!.value} ${one!.code ?? one!.unit ?? ""}`.trim());
  const { period, periodUnit } = action.timingTiming?.repeat ?? {};
  const isPeriodLost = period !== undefined &&
    spanOf({ value: Number(period), code: String(periodUnit) }) === undefined;
  return isPeriodLost ? [...lost, `${period} ${periodUnit ?? ""}`.trim()] : lost;
}

/** Relations that a step waits for; what is to be at the same time is left to people. */
const ENFORCED = /^(after(-start|-end)?|before(-start)?)$/;

/** What is lost when the plan is run: everything else is carried out or carried along. */
export function findingsOf(plan: Plan): Finding[] {
  const leaves = leavesOf(plan);
  const ids = new Set(leaves.flatMap(({ id, action, groups }) => [id, action.id ?? id, ...groups]));
  const findings: Finding[] = leaves.length === 0
    ? [wrong("/action", "empty", "There is nothing to do in it.")]
    : [];
  if (leaves.length > LEAVES_MAX) {
    return [wrong("/action", "too-large", `More than ${LEAVES_MAX} things to do.`)];
  }
  const circle = findCircle(leaves);
  if (circle) {
    const detail = `${circle.title} waits for what waits for it: neither would ever begin.`;
    findings.push(wrong(`/action/${circle.id}/relatedAction`, "circle", detail));
  }
  for (const leaf of leaves) {
    const { id, action, after } = leaf;
    for (const lost of lostTimes(leaf)) {
      const detail = `${lost} is no time known here: it is not waited for.`;
      findings.push(odd(`/action/${id}`, "unit", detail));
    }
    for (const { expression } of action.condition ?? []) {
      const language = expression?.language ?? "";
      if (language !== "text/fhirpath") {
        const detail = `${language || "No language"} is not evaluated here: a person decides.`;
        findings.push(odd(`/action/${id}/condition`, "language", detail));
      }
    }
    for (const { actionId, relationship } of after) {
      const tell = (detail: string) =>
        findings.push(odd(`/action/${id}/relatedAction`, "related", detail));
      if (!ids.has(actionId)) tell(`There is no ${actionId}.`);
      else if (leaf.groups.includes(actionId)) {
        tell(`It stands in ${actionId}: it cannot follow it.`);
      } else if (!ENFORCED.test(relationship)) {
        tell(`${relationship} is drawn, and not waited for.`);
      }
    }
  }
  return findings;
}
