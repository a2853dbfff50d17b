/** Every case that was asked for stands in the table of docs/communication.md, and in a test. */
import { deepEqual, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";

const ROOT = new URL("../../", import.meta.url);
const CASES = 40;

describe("the table of cases", () => {
  it("names each, with a file whose tests bear its number", async () => {
    const text = await Deno.readTextFile(new URL("docs/communication.md", ROOT));
    const rows = [...text.matchAll(/^\| (\d+) +\|[^|]+\|(.+)\|$/gm)];
    const ids = rows.map(([, id]) => Number(id));
    deepEqual(ids, Array.from({ length: CASES }, (_, n) => n + 1));
    for (const [, id, cell = ""] of rows) {
      const files = [...cell.matchAll(/`([^`]+_test\.ts)`/g)].map(([, file]) => file!);
      ok(files.length > 0, `case ${id} names no test`);
      for (const file of files) {
        const tests = await Deno.readTextFile(new URL(file, ROOT));
        const names = tests.match(/\b(?:it|describe)\(\s*"[^"]*"/g) ?? [];
        ok(names.some((name) => name.includes(`[${id}]`)), `${file} has no test named [${id}]`);
      }
    }
  });
});
