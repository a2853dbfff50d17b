import { deepEqual, equal, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { Problem } from "../problem/problem.ts";
import { readCursor, toPage } from "./paging.ts";

describe("paging", () => {
  const key = z.tuple([z.string(), z.number()]);
  const rows = [{ name: "é", n: 1 }, { name: "b", n: 2 }, { name: "c", n: 3 }];

  it("gives a cursor only when there is more, and reads it back", () => {
    const page = toPage(rows, 2, (row) => [row.name, row.n]);
    deepEqual(page.items, rows.slice(0, 2));
    deepEqual(readCursor(page.nextCursor!, key), ["b", 2]);
    equal(toPage(rows, 3, (row) => [row.n]).nextCursor, null);
    equal(toPage([], 3, () => []).nextCursor, null);
  });

  it("refuses what it did not give out", () => {
    for (const cursor of ["", "%", "e30", "WzEsMl0", "////", "\u{1F600}"]) {
      throws(() => readCursor(cursor, key), (error: Problem) => error.status === 422);
    }
  });
});
