import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { digestOf, dispositionOf, matchesStrongly, matchesWeakly, rangeOf } from "./model.ts";

describe("rangeOf, on a file of 10 bytes", () => {
  const cases: [header: string | undefined, range: ReturnType<typeof rangeOf>][] = [
    [undefined, "whole"],
    ["bytes=0-3", { start: 0, end: 3 }],
    ["bytes=9-9", { start: 9, end: 9 }],
    ["bytes=4-", { start: 4, end: 9 }],
    ["bytes=4-400", { start: 4, end: 9 }],
    ["bytes=-3", { start: 7, end: 9 }],
    ["bytes=-30", { start: 0, end: 9 }],
    ["BYTES=0-0", { start: 0, end: 0 }],
    ["bytes=10-", "outside"],
    ["bytes=10-12", "outside"],
    ["bytes=-0", "outside"],
    ["bytes=5-2", "whole"],
    ["bytes=0-1,4-5", "whole"],
    ["bytes=-", "whole"],
    ["bytes=a-b", "whole"],
    ["lines=0-3", "whole"],
    ["bytes=99999999999999999999-", "whole"],
  ];
  for (const [header, range] of cases) {
    it(`reads ${header}`, () => deepEqual(rangeOf(header, 10), range));
  }
});

describe("tags", () => {
  it("match strongly only when strong and equal", () => {
    equal(matchesStrongly('"a-v1"', '"a-v1"'), true);
    equal(matchesStrongly('"b-v1", "a-v1"', '"a-v1"'), true);
    equal(matchesStrongly("*", '"a-v1"'), false);
    equal(matchesStrongly('W/"a-v1"', '"a-v1"'), false);
    equal(matchesStrongly('"a-v10"', '"a-v1"'), false);
    equal(matchesStrongly("Mon, 05 Jan 2026 12:00:00 GMT", '"a-v1"'), false);
    equal(matchesWeakly('W/"a-v1"', '"a-v1"'), true);
  });
});

describe("dispositionOf", () => {
  it("keeps a name out of the header's syntax and whole in UTF-8", () => {
    equal(
      dispositionOf('Größe "1"; filename=x.pdf'),
      "attachment; filename=\"Gr__e _1_; filename=x.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22%3B%20filename%3Dx.pdf",
    );
    equal(dispositionOf("it's (1)*.txt").endsWith("it%27s%20%281%29%2A.txt"), true);
  });
});

describe("digestOf", () => {
  it("writes SHA-256 as RFC 9530 wants it", () => {
    equal(
      digestOf("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
      "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:",
    );
  });
});
