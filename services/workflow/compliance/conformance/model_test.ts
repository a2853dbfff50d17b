/** What a run beside its definition comes down to, kind by kind. */
import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { compile } from "../../language/language.ts";
import { conform, type SeenStep, type Told, type VarianceSaid } from "./model.ts";

const NOON = new Date("2026-01-05T12:00:00Z");
const at = (minutes: number) => new Date(NOON.getTime() + minutes * 60_000);
const program = compile({
  document: { dsl: "1.0.3", namespace: "test", name: "test", version: "1.0.0" },
  do: ["draw", "analyse", "report"].map((name) => ({ [name]: { call: "clinic.note" } })),
} as never);

const step = (name: string, minutes: number | null, more: Partial<SeenStep> = {}): SeenStep => ({
  id: `step ${name}`,
  runId: "run",
  node: [...program.nodes.values()].find((node) => node.name === name)!.reference,
  visit: 1,
  kind: "call",
  state: minutes === null ? "waiting" : "done",
  endedAt: minutes === null ? null : at(minutes),
  dueAt: null,
  isByOperator: false,
  lateMs: null,
  ...more,
});
const told = (more: Partial<Told>): Told => ({
  id: "told",
  runId: "run",
  activity: "draw",
  at: at(0),
  correctsId: null,
  isRetraction: false,
  ...more,
});
const conformed = (
  steps: SeenStep[],
  more: { told?: Told[]; variances?: VarianceSaid[] } = {},
) => conform(program, { steps, told: [], variances: [], now: at(100), ...more });
const kinds = ({ deviations }: ReturnType<typeof conform>) =>
  deviations.map(({ kind, activity }) => `${kind} ${activity}`);

describe("conform()", () => {
  const asMeant = [step("draw", 1), step("analyse", 2), step("report", 3)];

  it("finds nothing where everything went as it is written", () => {
    const { fitness, deviations, steps } = conformed(asMeant);
    deepEqual([fitness, deviations, steps], [1, [], 3]);
    equal(conformed([]).fitness, null);
  });

  it("tells what was omitted, skipped, failed and added", () => {
    deepEqual(kinds(conformed([step("draw", 1), step("report", 3)])), ["omitted analyse"]);
    deepEqual(kinds(conformed([step("draw", 1)])), []);
    deepEqual(kinds(conformed([step("draw", 1, { isByOperator: true })])), ["skipped draw"]);
    deepEqual(kinds(conformed([step("draw", null, { state: "failed" })])), ["failed draw"]);
    deepEqual(kinds(conformed([step("draw", null, { state: "skipped" })])), []);
    const added = conformed(asMeant, { told: [told({ activity: "second draw" })] });
    deepEqual([kinds(added), added.fitness], [["added second draw"], 0.75]);
  });

  it("goes by when things happened, not by when they were entered (27)", () => {
    const late = told({ correctsId: "step analyse", activity: "analyse", at: at(0) });
    deepEqual(kinds(conformed(asMeant, { told: [late] })), ["out_of_order analyse"]);
    const back = told({ correctsId: "step analyse", isRetraction: true });
    deepEqual(kinds(conformed(asMeant, { told: [back] })), ["omitted analyse"]);
    const again = told({ id: "again", correctsId: "told", activity: "analyse", at: at(2.5) });
    deepEqual(kinds(conformed(asMeant, { told: [late, again] })), []);
  });

  it("tells what was late or is overdue, and what was said about it", () => {
    const due = { dueAt: at(30) };
    deepEqual(kinds(conformed([step("draw", 30, due)])), []);
    const variances = [{ runId: "run", step: "draw", type: "late", cause: "patient", note: null }];
    const { deviations: [late] } = conformed([step("draw", 31, due)], { variances });
    deepEqual([late!.kind, late!.variance?.cause], ["late", "patient"]);
    const { deviations: [overdue] } = conformed([step("draw", null, due)]);
    deepEqual([overdue!.kind, overdue!.detail, overdue!.variance], [
      "late",
      "It is overdue by 70 minutes.",
      null,
    ]);
    const wrong = [{ ...variances[0]!, type: "added" }];
    equal(conformed([step("draw", 31, due)], { variances: wrong }).deviations[0]!.variance, null);
  });
});
