import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { layOut, levelPathOf, pathOf, wrap } from "./layout.ts";

const box = (id: string) => ({ id, width: 100, height: 40 });

describe("the layout of a graph", () => {
  it("puts what follows to the right, and boxes never over each other", () => {
    const nodes = ["a", "b", "c", "d"].map(box);
    const edges = [["a", "b"], ["a", "c"], ["b", "d"], ["c", "d"]]
      .map(([from, to]) => ({ from: from!, to: to! }));
    const placed = layOut(nodes, edges, "right");
    const at = new Map(placed.nodes.map((node) => [node.id, node]));
    for (const { from, to } of edges) {
      equal(at.get(from)!.x + 100 <= at.get(to)!.x, true, `${from} before ${to}`);
    }
    for (const one of placed.nodes) {
      equal(one.x >= 0 && one.x + 100 <= placed.width && one.y + 40 <= placed.height, true);
      for (const other of placed.nodes) {
        const isApart = one === other || Math.abs(one.x - other.x) >= 100 ||
          Math.abs(one.y - other.y) >= 40;
        equal(isApart, true, `${one.id} and ${other.id}`);
      }
    }
  });

  it("leads lines to the right from side to side", () => {
    const { edges, nodes } = layOut([box("a"), box("b")], [{ from: "a", to: "b" }], "right");
    const [a, b] = nodes;
    const points = edges[0]!.points;
    deepEqual(points[0], { x: a!.x + 100, y: a!.y + 20 });
    deepEqual(points.at(-1), { x: b!.x, y: b!.y + 20 });
    equal(levelPathOf([{ x: 0, y: 0 }, { x: 10, y: 4 }]), "M0.0 0.0C5.0 0.0 5.0 4.0 10.0 4.0");
  });

  it("bears circles, what leads to itself, two lines between two, and what leads nowhere", () => {
    const edges = [["a", "b"], ["b", "a"], ["a", "a"], ["a", "b"], ["a", "gone"]]
      .map(([from, to]) => ({ from: from!, to: to!, label: "12" }));
    const placed = layOut([box("a"), box("b")], edges, "down");
    equal(placed.edges.length, 4);
    for (const { points, at } of placed.edges) {
      equal(points.length > 1 && points.every(({ x, y }) => Number.isFinite(x + y)), true);
      equal(Number.isFinite(at?.x), true);
    }
  });

  it("is empty when there is nothing", () => {
    deepEqual(layOut([], [], "right"), { width: 0, height: 0, nodes: [], edges: [] });
    equal(pathOf([]), "");
  });
});

describe("text in a box", () => {
  it("is broken between words, and cut when there is too much of it", () => {
    deepEqual(wrap("Examine the feet", 12, 2), ["Examine the", "feet"]);
    deepEqual(wrap("Measure urine albumin, creatinine and eGFR", 14, 2), [
      "Measure urine",
      "albumin,…",
    ]);
    deepEqual(wrap("Donaudampfschifffahrtsgesellschaft", 10, 2), ["Donaudamp…"]);
    deepEqual(wrap("", 10, 2), []);
  });
});
