/** How a run went beside what its definition says: skipped, omitted, late, out of order, added. */
import { z } from "@hono/zod-openapi";
import type { Node, Program } from "../../language/model.ts";

export const deviationKinds = [
  "skipped",
  "omitted",
  "late",
  "out_of_order",
  "added",
  "failed",
] as const;

export const Deviation = z.object({
  kind: z.enum(deviationKinds).openapi({
    description: "`skipped`: an operator went on without it; `omitted`: it was never begun.",
  }),
  activity: z.string(),
  visit: z.int(),
  at: z.iso.datetime().nullable(),
  detail: z.string(),
  variance: z.object({ type: z.string(), cause: z.string(), note: z.string().nullable() })
    .nullable().openapi({ description: "What the people on the pathway have said about it." }),
}).openapi("Deviation");
export type Deviation = z.output<typeof Deviation>;

export const RunConformance = z.object({
  runId: z.uuid(),
  key: z.string(),
  version: z.int(),
  fitness: z.number().nullable().openapi({
    description: "The share of steps without a deviation, added ones among them; null: no steps.",
  }),
  steps: z.int(),
  deviations: z.array(Deviation),
}).openapi("RunConformance");
export type RunConformance = z.output<typeof RunConformance>;

export const DefinitionConformance = z.object({
  runs: z.int().openapi({ description: "The newest ones, at most 500." }),
  fitness: z.number().nullable().openapi({ description: "The mean over runs." }),
  conformingRuns: z.int(),
  deviations: z.array(z.object({
    kind: z.enum(deviationKinds),
    activity: z.string(),
    runs: z.int(),
    explainedRuns: z.int().openapi({ description: "Those with a variance recorded for it." }),
  })),
  suppressedCells: z.int().openapi({ description: "Cells of fewer than five runs, left out." }),
}).openapi("DefinitionConformance");

export type SeenStep = {
  id: string;
  runId: string;
  node: string;
  visit: number;
  kind: string;
  state: string;
  endedAt: Date | null;
  /** Of its task. */
  dueAt: Date | null;
  /** An operator has said that it is done. */
  isByOperator: boolean;
  /** How late its timer was. */
  lateMs: number | null;
};
export type Told = {
  id: string;
  runId: string;
  activity: string;
  at: Date;
  correctsId: string | null;
  isRetraction: boolean;
};
export type VarianceSaid = {
  runId: string;
  step: string;
  type: string;
  cause: string;
  note: string | null;
};

const LEAVES = new Set(["call", "listen", "emit", "run", "wait"]);

/** Whether a list is worked from its first to its last task, come what may. */
const isStraight = (list: readonly Node[]): boolean =>
  !list[0]?.list.endsWith("/fork/branches") &&
  list.every(({ kind, task }) => kind !== "switch" && task.then === undefined);

const FITTING: Record<Deviation["kind"], readonly string[]> = {
  skipped: ["omitted", "substituted"],
  omitted: ["omitted", "substituted"],
  late: ["late"],
  out_of_order: ["early", "late"],
  added: ["added", "substituted"],
  failed: ["omitted", "substituted"],
};

/** The tasks of a pathway's step are named after it: `foot-check-task`, `foot-check-wait`. */
const explanation = (kind: Deviation["kind"], activity: string, said: readonly VarianceSaid[]) => {
  const found = said.find(({ step, type }) =>
    (activity === step || activity.startsWith(`${step}-`)) && FITTING[kind].includes(type)
  );
  return found ? { type: found.type, cause: found.cause, note: found.note } : null;
};

export function conform(
  program: Program,
  { steps, told, variances, now }: {
    steps: readonly SeenStep[];
    told: readonly Told[];
    variances: readonly VarianceSaid[];
    now: Date;
  },
): Pick<RunConformance, "fitness" | "steps" | "deviations"> {
  const deviations: Deviation[] = [];
  const deviate = (
    kind: Deviation["kind"],
    activity: string,
    visit: number,
    at: Date | null,
    detail: string,
  ) =>
    void deviations.push({
      kind,
      activity,
      visit,
      at: at?.toISOString() ?? null,
      detail,
      variance: explanation(kind, activity, variances),
    });

  const corrections = new Map(told.flatMap((one) => one.correctsId ? [[one.correctsId, one]] : []));
  /** The last word about something. */
  const lastOf = (id: string): Told | undefined => {
    let last = corrections.get(id);
    while (last && corrections.has(last.id)) last = corrections.get(last.id);
    return last;
  };
  const leaves = steps.filter(({ kind, state }) => LEAVES.has(kind) && state !== "skipped");
  const doneAt = new Map<string, Date>();
  for (const step of leaves) {
    const activity = program.nodes.get(step.node)?.name ?? step.node;
    const corrected = lastOf(step.id);
    if (step.state === "failed" || step.state === "quarantined") {
      deviate("failed", activity, step.visit, step.endedAt, "It has failed and was not seen to.");
    }
    if (corrected?.isRetraction) {
      deviate("omitted", activity, step.visit, null, "It was taken back: it has not happened.");
      continue;
    }
    const at = corrected?.at ?? step.endedAt;
    if (step.state === "done" && at) doneAt.set(`${step.node} ${step.visit}`, at);
    if (step.isByOperator) {
      deviate("skipped", activity, step.visit, at, "An operator went on without it.");
    }
    const isOpen = step.state === "waiting" || step.state === "ready";
    const byThen = isOpen ? now : step.state === "done" ? at : null;
    if (step.dueAt && byThen && byThen > step.dueAt) {
      const minutes = Math.round((byThen.getTime() - step.dueAt.getTime()) / 60_000);
      const said = isOpen ? "It is overdue by" : "It was late by";
      deviate("late", activity, step.visit, isOpen ? null : at, `${said} ${minutes} minutes.`);
    } else if (step.lateMs !== null && step.lateMs > 0) {
      const seconds = Math.round(step.lateMs / 1_000);
      deviate("late", activity, step.visit, at, `Its timer was late by ${seconds} seconds.`);
    }
  }

  const begun = new Set(steps.map(({ node, visit }) => `${node} ${visit}`));
  let omitted = 0;
  for (const list of program.lists.values()) {
    if (!isStraight(list)) continue;
    const visits = Math.max(
      0,
      ...steps.filter(({ node }) => list.some(({ reference }) => reference === node))
        .map(({ visit }) => visit),
    );
    for (let visit = 1; visit <= visits; visit++) {
      let latest: { name: string; at: Date } | undefined;
      const lastBegun = list.findLastIndex(({ reference }) => begun.has(`${reference} ${visit}`));
      for (const { reference, name, kind, index } of list) {
        if (!LEAVES.has(kind)) continue;
        if (index < lastBegun && !begun.has(`${reference} ${visit}`)) {
          omitted++;
          deviate("omitted", name, visit, null, "What comes after it was begun without it.");
        }
        const at = doneAt.get(`${reference} ${visit}`);
        if (!at) continue;
        if (latest && at < latest.at) {
          deviate("out_of_order", name, visit, at, `It was done before ${latest.name}.`);
        } else latest = { name, at };
      }
    }
  }

  const names = new Set([...program.nodes.values()].map(({ name }) => name));
  const added = told.filter(({ correctsId, isRetraction, activity, id }) =>
    correctsId === null && !isRetraction && !names.has(activity) && !lastOf(id)?.isRetraction
  );
  for (const { activity, at } of added) {
    deviate("added", activity, 1, at, "The definition has no such step.");
  }
  const all = leaves.length + omitted + added.length;
  const deviating = new Set(deviations.map(({ activity, visit }) => `${activity} ${visit}`)).size;
  return {
    fitness: all === 0 ? null : Math.max(0, 1 - deviating / all),
    steps: all,
    deviations,
  };
}
