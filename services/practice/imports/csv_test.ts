/** CSV as it is, and as it comes. */
import { deepEqual } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { delimiterOf, readCsv } from "./csv.ts";

const read = (text: string) => [...readCsv(text, ",")];

describe("readCsv", () => {
  it("reads quotes, line ends inside them, and a byte order mark", () => {
    deepEqual(read('\ufeffa,b\r\n"x, ""y""","1\n2"\r\n\r\n,z'), [
      { line: 1, fields: ["a", "b"] },
      { line: 2, fields: ['x, "y"', "1\n2"] },
      { line: 5, fields: ["", "z"] },
    ]);
  });

  it("goes on after a broken line", () => {
    const lines = read('a,b\n"x"y,1\n"never closed,2\nc,d\n');
    deepEqual(lines.map((line) => "fields" in line ? line.fields.join("|") : line.line), [
      "a|b",
      2,
      3,
      "c|d",
    ]);
    deepEqual(read(`"${"x".repeat(5_000)}"\nc`).at(-1), { line: 2, fields: ["c"] });
    deepEqual(read(""), []);
  });

  it("tells the delimiter from the first line", () => {
    deepEqual(["a,b;c;d\n,,,,", "a\tb", "a", "a,b"].map(delimiterOf), [";", "\t", ",", ","]);
  });
});
