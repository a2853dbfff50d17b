/** The moves that a task allows, and how a fact becomes a task. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { describe, it } from "@std/testing/bdd";
import { isCurrent, type Move, move, type Progress, reviewOf } from "./model.ts";

const NOON = new Date("2026-01-05T12:00:00Z");
const [ada, ben] = ["ada", "ben"];

const open: Progress = {
  state: "open",
  claimedBy: null,
  completedBy: null,
  completedAt: null,
  outcome: null,
  comment: null,
};
const adas: Progress = { ...open, state: "claimed", claimedBy: ada };
const completed: Progress = {
  ...adas,
  state: "completed",
  completedBy: ada,
  completedAt: NOON.toISOString(),
};
const cancelled: Progress = { ...open, state: "cancelled" };

const claim: Move = { kind: "claim" };
const release: Move = { kind: "release" };
const complete: Move = { kind: "complete", completion: {} };

describe("move", () => {
  const outcomes: [what: string, Progress, string, Move, unknown][] = [
    ["claims an open task", open, ada, claim, adas],
    ["leaves a task with its claimer who claims again", adas, ada, claim, "unchanged"],
    ["refuses a task that another has claimed", adas, ben, claim, "task-claimed"],
    ["refuses to claim a completed task", completed, ada, claim, "task-ended"],
    ["refuses to claim a cancelled task", cancelled, ada, claim, "task-ended"],
    ["releases what is one's own", adas, ada, release, open],
    ["refuses to release another's", adas, ben, release, "task-claimed"],
    ["refuses to release what nobody holds", open, ada, release, "task-not-claimed"],
    ["refuses to release a completed task", completed, ada, release, "task-ended"],
    ["refuses to release a cancelled task", cancelled, ada, release, "task-ended"],
    ["completes what is one's own", adas, ada, complete, completed],
    ["completes what nobody holds", open, ada, complete, { ...completed, claimedBy: null }],
    ["refuses to complete another's", adas, ben, complete, "task-claimed"],
    ["refuses to complete twice", completed, ada, complete, "task-ended"],
    ["refuses to complete a cancelled task", cancelled, ada, complete, "task-ended"],
  ];
  for (const [what, task, userId, step, expected] of outcomes) {
    it(what, () => {
      const moved = move(task, userId, step, NOON);
      const outcome = moved.kind === "moved"
        ? moved.progress
        : moved.kind === "refused"
        ? moved.why
        : moved.kind;
      deepEqual(outcome, expected);
    });
  }

  it("keeps how it ended", () => {
    const completion = { outcome: "filed", comment: "nothing to do" };
    const moved = move(adas, ada, { kind: "complete", completion }, NOON);
    deepEqual(moved, { kind: "moved", progress: { ...completed, ...completion } });
  });
});

describe("reviewOf", () => {
  it("is due three days after the document came", () => {
    const [documentId, patientId] = [newId(), newId()];
    deepEqual(reviewOf({ documentId, title: "Letter", patientId }, NOON), {
      title: "Review: Letter",
      subject: { type: "document", id: documentId },
      patientId,
      candidatePermission: "tasks:work",
      createdAt: NOON,
      dueAt: new Date("2026-01-08T12:00:00Z"),
    });
  });

  it("cuts a long title at 200 characters and never inside one", () => {
    const document = { documentId: newId(), title: "🩺".repeat(5_000), patientId: null };
    const { title } = reviewOf(document, NOON);
    equal([...title].length, 200);
    equal(title.isWellFormed(), true);
  });
});

describe("isCurrent", () => {
  const expected: [string | undefined, boolean][] = [
    [undefined, true],
    ["*", true],
    ['"3"', true],
    ['"2", "3"', true],
    ['"2"', false],
    ['W/"3"', false],
    ["3", false],
    ["", false],
    ["nonsense,,", false],
  ];
  for (const [ifMatch, answer] of expected) {
    it(`is ${answer} for version 3 and If-Match ${ifMatch}`, () => {
      equal(isCurrent({ version: 3 }, ifMatch), answer);
    });
  }
});
