/** What follows from what has happened to a saga, without any of it happening. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { z } from "zod";
import {
  CRASHES_MAX,
  defineSaga,
  nextMove,
  operate,
  settleForward,
  settleUndo,
  type Step,
  type StepClass,
  type StepState,
  TRIES_MAX,
} from "./model.ts";

const command = () => ({ service: "things", method: "POST", path: "/internal/x" }) as const;

/** `"reserve compensatable done"` and so on. */
function stepsFrom(...lines: string[]): Step[] {
  return lines.map((line, position) => {
    const [name, kind, state] = line.split(" ");
    return {
      position,
      name: name!,
      class: kind as StepClass,
      state: state as StepState,
      attempts: 0,
      crashes: 0,
      result: null,
      forward: command,
      ...(kind === "compensatable" ? { compensate: command } : {}),
    };
  });
}

const moveOf = (state: "running" | "compensating", isLate: boolean, ...lines: string[]) => {
  const move = nextMove(state, stepsFrom(...lines), isLate);
  return "step" in move
    ? `${move.kind} ${move.step.name}`
    : "state" in move
    ? `${move.kind} ${move.state}`
    : move.kind;
};

describe("defineSaga", () => {
  const define = (...lines: string[]) => () =>
    defineSaga({
      name: "s",
      version: 1,
      title: "S",
      permission: "workflows:start",
      input: z.strictObject({}),
      deadlineSeconds: 1,
      steps: stepsFrom(...lines),
    });

  it("takes what can be undone, then what cannot, then what will succeed in the end", () => {
    define("a compensatable waiting", "b pivot waiting", "c retryable waiting")();
    define("a compensatable waiting")();
    define("a irreversible waiting", "b retryable waiting")();
  });

  it("refuses an order that could leave half a thing", () => {
    throws(define(), TypeError);
    throws(define("a retryable waiting"), TypeError);
    throws(define("a pivot waiting", "b compensatable waiting"), TypeError);
    throws(define("a pivot waiting", "a retryable waiting"), TypeError);
  });
});

describe("nextMove", () => {
  it("goes forward one step after the other", () => {
    equal(moveOf("running", false, "a compensatable waiting", "b pivot waiting"), "forward a");
    equal(moveOf("running", false, "a compensatable done", "b pivot waiting"), "forward b");
    equal(moveOf("running", false, "a compensatable running", "b pivot waiting"), "forward a");
    equal(moveOf("running", false, "a compensatable done", "b pivot done"), "end completed");
    equal(moveOf("running", false, "a compensatable skipped", "b pivot done"), "end completed");
  });

  it("undoes the newest first, also what may only have happened", () => {
    const lines = ["a compensatable done", "b compensatable unknown", "c compensatable running"];
    equal(moveOf("compensating", false, ...lines), "undo c");
    equal(moveOf("compensating", false, lines[0]!, lines[1]!, "c compensatable undone"), "undo b");
    equal(
      moveOf("compensating", false, lines[0]!, "b compensatable refused", "c pivot waiting"),
      "undo a",
    );
    equal(moveOf("compensating", false, "a compensatable undone"), "end compensated");
    equal(moveOf("compensating", false, "a compensatable undo_failed"), "stick");
    equal(
      moveOf("compensating", false, "a compensatable done", "b compensatable undo_failed"),
      "undo a",
      "the others are undone all the same",
    );
  });

  it("turns back at the deadline, unless there is no way back", () => {
    equal(moveOf("running", true, "a compensatable done", "b pivot waiting"), "turn");
    equal(moveOf("running", true, "a compensatable done", "b pivot running"), "stick");
    equal(moveOf("running", true, "a pivot done", "b retryable running"), "stick");
    equal(moveOf("running", true, "a pivot done", "b retryable done"), "end completed");
  });

  it("gives a step that ends the process no further one", () => {
    const [step] = stepsFrom("a compensatable running");
    const at = (crashes: number) => nextMove("running", [{ ...step!, crashes }], false).kind;
    deepEqual([at(CRASHES_MAX - 1), at(CRASHES_MAX)], ["forward", "stick"]);
  });
});

describe("settling", () => {
  const unclear = { kind: "unclear", reason: "x did not answer" } as const;
  const refused = { kind: "refused", reason: "x said no" } as const;
  const forward = (kind: StepClass, outcome: typeof unclear | typeof refused, attempts = 0) => {
    const [step] = stepsFrom(`a ${kind} running`);
    const { step: state, turn, stick, retryInSeconds } = settleForward(
      { ...step!, attempts },
      outcome,
    );
    const then = turn ? "turn" : stick ? "stick" : retryInSeconds ? "again" : "on";
    return `${state} ${then}`;
  };

  it("tries again what is unclear, for a while", () => {
    equal(forward("compensatable", unclear), "running again");
    equal(forward("compensatable", unclear, TRIES_MAX - 1), "unknown turn");
    equal(forward("pivot", unclear, 1_000), "running again");
    equal(forward("irreversible", unclear, 1_000), "running again");
    equal(forward("retryable", unclear, 1_000), "running again");
  });

  it("turns back on a refusal, and undoes what an earlier try may have done", () => {
    equal(forward("compensatable", refused), "refused turn");
    equal(forward("compensatable", refused, 1), "unknown turn");
    equal(forward("pivot", refused), "refused turn");
    equal(forward("irreversible", refused), "refused turn");
    equal(forward("retryable", refused), "refused stick");
  });

  it("undoes until it is done or the deadline has passed", () => {
    const [step] = stepsFrom("a compensatable undoing");
    const undo = (outcome: Parameters<typeof settleUndo>[1], isLate: boolean) =>
      settleUndo({ ...step!, attempts: 50 }, outcome, isLate).step;
    equal(undo({ kind: "done", result: null }, true), "undone");
    equal(undo(unclear, false), "undoing");
    equal(undo(unclear, true), "undo_failed");
    equal(undo(refused, false), "undo_failed");
  });
});

describe("operate", () => {
  const said = (
    state: Parameters<typeof operate>[0],
    operation: Parameters<typeof operate>[2],
    ...lines: string[]
  ) => {
    const result = operate(state, stepsFrom(...lines), operation);
    return result.kind === "refused"
      ? result.why
      : [result.state, ...result.steps.map(({ position, state }) => `${position} ${state}`)].join();
  };

  it("tries again, skips or ends what is stuck", () => {
    const forward = ["a pivot done", "b retryable refused"];
    equal(said("stuck", "retry", ...forward), "running,1 running");
    equal(said("stuck", "skip", ...forward), "running,1 skipped");
    equal(said("stuck", "abort", ...forward), "abandoned");
    const back = ["a compensatable undo_failed", "b compensatable undo_failed", "c pivot refused"];
    equal(said("stuck", "retry", ...back), "compensating,0 undoing,1 undoing");
    equal(said("stuck", "skip", ...back), "compensating,1 skipped");
  });

  it("turns back what is under way, as long as there is a way back", () => {
    equal(said("running", "abort", "a compensatable running", "b pivot waiting"), "compensating");
    equal(said("running", "abort", "a compensatable done", "b pivot running"), "saga-past-pivot");
    equal(said("running", "retry", "a compensatable running"), "saga-not-stuck");
    equal(said("completed", "abort", "a compensatable done"), "saga-ended");
  });
});
