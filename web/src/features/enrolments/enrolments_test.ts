import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import type { Task } from "../../api/client.ts";
import {
  drawingOf,
  type EnrolmentDetail,
  goalsOf,
  isDay,
  isNumber,
  latestOf,
  offsetMs,
  seenSteps,
} from "./enrolments.ts";

const NOW = Date.UTC(2026, 5, 1);
const step = (id: string, state: EnrolmentDetail["steps"][number]["state"]) => ({
  id,
  title: `Do ${id}`,
  state,
  priority: null,
  cannotTell: false,
  doneAt: null,
  evidence: null,
  after: [],
});
const task = (id: string, dueAt: string, state: Task["state"] = "open") =>
  ({ id, title: `Do ${id}`, dueAt, state }) as Task;
const omitted = { step: "c", type: "omitted" } as EnrolmentDetail["variances"][number];
const detail = {
  status: "active" as const,
  variances: [omitted],
  steps: [
    step("a", "done"),
    step("b", "open"),
    step("c", "ahead"),
    step("d", "open"),
    step("e", "not_applicable"),
    step("f", "ahead"),
  ],
};
const seen = (status: EnrolmentDetail["status"] = "active") =>
  seenSteps({ ...detail, status }, [
    task("b", "2026-06-02T00:00:00Z"),
    task("d", "2026-05-31T00:00:00Z", "claimed"),
    task("a", "2026-05-01T00:00:00Z", "completed"),
  ], NOW);

describe("the steps of a pathway", () => {
  it("are done, due, late, ahead, left out or do not apply", () => {
    deepEqual(seen().map(({ seen }) => seen), [
      "done",
      "due",
      "skipped",
      "late",
      "not_applicable",
      "ahead",
    ]);
    deepEqual(seen().map(({ task }) => task?.id), [
      undefined,
      "b",
      undefined,
      "d",
      undefined,
      undefined,
    ]);
  });

  it("that were not done when it ended were left out", () => {
    deepEqual(seen("withdrawn").map(({ seen }) => seen), [
      "done",
      "skipped",
      "skipped",
      "skipped",
      "not_applicable",
      "skipped",
    ]);
  });

  it("are drawn with what follows what, and after how long", () => {
    const edges = [{ from: "a", to: "b", relationship: "after-end", offset: { days: 14 } }];
    const { boxes, lines } = drawingOf(seen(), edges, {
      noteOf: ({ seen }) => seen,
      offsetOf: (offset) => String(offsetMs(offset) / 86_400_000),
    });
    deepEqual(boxes.map(({ tone, isFaint }) => `${tone} ${isFaint}`), [
      "good false",
      "accent false",
      "neutral true",
      "danger false",
      "neutral true",
      "neutral false",
    ]);
    deepEqual(lines, [{ from: "a", to: "b", label: "+ 14" }]);
  });
});

describe("the goals of a pathway", () => {
  it("are read from its plan", () => {
    const plan = {
      goal: [
        {
          id: "hba1c",
          description: { text: "HbA1c" },
          target: [{ detailQuantity: { unit: "%" } }],
        },
        { description: { text: "Systolic" }, target: [{ detailRange: { low: { unit: "mmHg" } } }] },
        {},
      ],
    };
    deepEqual(goalsOf(JSON.stringify(plan)), [
      { id: "hba1c", title: "HbA1c", unit: "%" },
      { id: "goal-2", title: "Systolic", unit: "mmHg" },
      { id: "goal-3", title: "3", unit: "" },
    ]);
    deepEqual(goalsOf("do: []"), []);
  });

  it("are as far as what was measured last", () => {
    const measured = (goal: string, value: string, measuredOn: string) =>
      ({ goal, value, measuredOn, at: "2026-01-01T00:00:00Z" }) as never;
    const progress = [
      measured("a", "1", "2026-01-02"),
      measured("a", "2", "2026-03-01"),
      measured("b", "3", "2026-04-01"),
    ];
    equal(latestOf(progress, "a")?.value, "2");
    equal(latestOf(progress, "c"), undefined);
  });

  it("take numbers and days that there are", () => {
    deepEqual(["6.8", "-1", "6,8", "", "1e3"].map(isNumber), [true, true, false, false, false]);
    deepEqual(["2026-02-28", "2026-02-30", "2026", ""].map(isDay), [true, false, false, false]);
  });
});
