import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { drawMap, type ProcessMap, questionOf, shareOf } from "./analytics.ts";

const activity = (name: string, starts: number, ends: number) => ({
  activity: name,
  count: 8,
  cases: 8,
  starts,
  ends,
  medianMs: null,
  p90Ms: null,
});
const edge = (from: string, to: string, count: number, medianMs: number | null) => ({
  from,
  to,
  count,
  cases: count,
  medianMs,
  p90Ms: null,
  totalMs: null,
});
const map: ProcessMap = {
  cases: 8,
  events: 24,
  ties: 0,
  activities: [activity("assess", 8, 0), activity("callPatient", 0, 6), activity("file", 0, 2)],
  edges: [edge("assess", "callPatient", 6, 60_000), edge("assess", "file", 2, null)],
  suppressed: { activities: 0, edges: 0 },
};
const words = {
  begin: "Start",
  end: "End",
  times: (n: number) => `${n}×`,
  span: (ms: number) => `${ms / 1_000} s`,
};

describe("a process map", () => {
  const { boxes, lines } = drawMap(map, { slowest: map.edges[0], words });

  it("has a box for every activity, and for where runs begin and end", () => {
    deepEqual(boxes.map(({ title }) => title), [
      "Start",
      "Assess",
      "Call patient",
      "File",
      "End",
    ]);
  });

  it("has the numbers on its lines, thick ones where most go, and the slowest marked", () => {
    deepEqual(lines.map(({ label, width, tone }) => [label, Math.round(width ?? 0), tone]), [
      ["8", 6, undefined],
      ["6 · 60 s", 5, "caution"],
      ["2", 2, undefined],
      ["6", 5, undefined],
      ["2", 2, undefined],
    ]);
  });

  it("is empty when nothing may be shown", () => {
    const none = { ...map, activities: [], edges: [] };
    deepEqual(drawMap(none, { slowest: undefined, words }), { boxes: [], lines: [] });
  });
});

describe("what is asked", () => {
  it("counts the last day in", () => {
    const { from, to } = questionOf("a", { from: "2026-01-05", to: "2026-01-05" });
    equal(Date.parse(to!) - Date.parse(from!), 86_400_000);
    deepEqual(questionOf("a", {}), { key: "a" });
  });

  it("stands beside the longest", () => {
    deepEqual([1, null].map((value) => shareOf(value, [4, 1, null])), [0.25, 0]);
    equal(shareOf(null, [null]), 0);
  });
});
