/** How graphs and logs of other tools are read. */
import { deepEqual, throws } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { parseGraph, readCsvLog } from "./process_map.ts";

describe("parseGraph()", () => {
  it("reads starts, ends and edges by the names of their activities", () => {
    const { starts, ends, edges } = parseGraph("2\nask\nanswer\n1\n0x3\n2\n0x1\n1x2\n0>1x2\n");
    deepEqual([[...starts], [...ends], [...edges]], [
      [["ask", 3]],
      [["ask", 1], ["answer", 2]],
      [["ask → answer", 2]],
    ]);
  });

  it("refuses what is no graph", () => {
    throws(() => parseGraph("1\nask\n1\n0x3\n1\n0x3\n0>7x1"), /no activity 7/);
    throws(() => parseGraph("1\nask\n1\nzero\n"), /no line of a graph/);
  });
});

describe("readCsvLog()", () => {
  it("takes the columns that XES names, wherever they stand", () => {
    deepEqual(
      readCsvLog(
        "n,time:timestamp,concept:name,case:concept:name\n" +
          '0,2020-01-01 10:00:00+01:00,"ask, again",7\n',
      ),
      [{ caseId: "7", activity: "ask, again", at: "2020-01-01T09:00:00.000Z" }],
    );
    throws(() => readCsvLog("a,b\n1,2\n"), /no column/);
  });
});
