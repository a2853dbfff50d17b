/** Evaluates rules over inputs: fired, not fired, or what it cannot be told from. */
import type { Evaluator, Outcome } from "../dmn/dmn.ts";
import { type Read, readInputs } from "./inputs.ts";
import type { GivenInputs, Result, RuleDocument, RuleTest, TestRun } from "./model.ts";

export type Asked = {
  document: RuleDocument;
  sha256: string;
  given: GivenInputs | Record<string, unknown>;
};
export type Judged = Result & { isTimeout: boolean };

/** Nothing, no, none and null are no reason to speak. */
function speaks(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== false && value !== "" && value !== 0;
}

const TIMEOUT = "rule_timeout";
/** So often a rule may take too long before it is set aside. */
export const TIMEOUTS_MAX = 3;

function judge({ gaps, used }: Read, outcome: Outcome | undefined): Judged {
  const named = (isStale: boolean) =>
    gaps.filter((gap) => (gap.isStale ?? false) === isStale).map(({ input }) => input);
  const known = {
    missing: named(false),
    stale: named(true),
    reasons: gaps.map(({ input, reason }) => ({ input, reason })),
    inputs: used,
    isTimeout: outcome?.kind === "timeout",
  };
  const indeterminate = (reason: string): Judged => ({
    ...known,
    status: "indeterminate",
    reasons: [...known.reasons, { input: "", reason }],
  });
  if (!outcome) return { ...known, status: "indeterminate" };
  if (outcome.kind !== "done") {
    return indeterminate(outcome.kind === "timeout" ? TIMEOUT : "There was no time left.");
  }
  // FEEL goes on with null where something does not fit: whatever comes of that is not an answer.
  const [warning] = outcome.warnings;
  if (warning !== undefined) return indeterminate(warning.slice(0, 300));
  const { value } = outcome;
  return { ...known, status: speaks(value) ? "fired" : "not_fired", output: value };
}

/** One result per rule, in their order. Rules without all of their inputs are not evaluated. */
export async function judgeAll(
  evaluator: Evaluator,
  asked: readonly Asked[],
  now: Date,
): Promise<Judged[]> {
  const reads = asked.map(({ document, given }) => readInputs(document, given, now));
  const ready = asked.flatMap((_, at) => reads[at]!.gaps.length === 0 ? [at] : []);
  const outcomes = await evaluator.evaluate(ready.map((at) => {
    const { document, sha256 } = asked[at]!;
    const { model, decision } = document;
    return { hash: sha256, model, decision, inputs: reads[at]!.values };
  }));
  const byPlace = new Map(ready.map((at, n) => [at, outcomes[n]!]));
  return reads.map((read, at) => judge(read, byPlace.get(at)));
}

const isExpected = ({ status, output }: RuleTest["expected"], result: Result): boolean =>
  status === result.status &&
  (output === undefined || JSON.stringify(output) === JSON.stringify(result.output));

/** A test must pass in ten years as it does today: its clock is its own. */
function clockOf({ askedAt, inputs }: RuleTest, now: Date): Date {
  if (askedAt !== undefined) return new Date(askedAt);
  const times: number[] = [];
  const collect = (value: unknown): void => {
    if (value === null || typeof value !== "object") return;
    for (const [name, one] of Object.entries(value)) {
      if (name === "at" && typeof one === "string") times.push(Date.parse(one));
      else collect(one);
    }
  };
  collect(inputs);
  return times.length === 0 ? now : new Date(Math.max(...times));
}

/** Runs the test table of a rule. */
export async function runTests(
  evaluator: Evaluator,
  { document, sha256 }: Pick<Asked, "document" | "sha256">,
  now: Date,
): Promise<TestRun> {
  const items: TestRun["items"] = [];
  let timeouts = 0;
  let result: Judged | undefined;
  for (const test of document.tests) {
    const asked = { document, sha256, given: test.inputs };
    // Others wait for the evaluator: what does not end is not asked hundreds of times.
    if (timeouts < TIMEOUTS_MAX) {
      [result] = await judgeAll(evaluator, [asked], clockOf(test, now));
      if (result!.isTimeout) timeouts++;
    }
    const isPassed = timeouts < TIMEOUTS_MAX && isExpected(test.expected, result!);
    items.push({ name: test.name, isPassed, result: result! });
  }
  const passed = items.filter(({ isPassed }) => isPassed).length;
  return { passed, failed: items.length - passed, items };
}
