/** What is said, how loudly, and what is kept back. */
import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { defaultPolicy } from "./model.ts";
import { type Candidate, decide, type History } from "./policy.ts";
import { fill } from "./text.ts";

const candidate = (more: Partial<Candidate> = {}): Candidate => ({
  key: "a",
  indicator: "warning",
  factHash: "1",
  worse: null,
  isEssential: false,
  isShadow: false,
  ...more,
});
const nothing: History = { shown: [], inEncounter: 0, answers: {} };
const dispositions = (candidates: Candidate[], history: Partial<History> = {}, cap = 5) =>
  decide(candidates, { ...nothing, ...history }, { ...defaultPolicy, encounterCap: cap })
    .map(({ disposition }) => disposition);

describe("the alert policy", () => {
  it("tells the same facts once, and worse ones again", () => {
    const shown = [candidate({ worse: 5 })];
    deepEqual(dispositions([candidate()], { shown }), ["duplicate"]);
    deepEqual(dispositions([candidate({ factHash: "2" })], { shown }), ["shown"]);
    deepEqual(dispositions([candidate({ factHash: "2", worse: 5 })], { shown }), ["duplicate"]);
    deepEqual(dispositions([candidate({ factHash: "2", worse: 6 })], { shown }), ["shown"]);
    deepEqual(dispositions([candidate({ indicator: "critical" })], { shown }), ["shown"]);
    deepEqual(dispositions([candidate({ indicator: "info" })], { shown }), ["duplicate"]);
    deepEqual(dispositions([candidate({ key: "b" })], { shown }), ["shown"]);
    deepEqual(dispositions([candidate({ isShadow: true })], { shown }), ["shadow"]);
  });

  it("keeps room for the loudest, then for what people follow, and never drops the essential", () => {
    const all = [
      candidate({ key: "info", indicator: "info" }),
      candidate({ key: "ignored" }),
      candidate({ key: "followed" }),
      candidate({ key: "loud", indicator: "critical" }),
      candidate({ key: "essential", indicator: "info", isEssential: true }),
    ];
    const answers = {
      ignored: { accepted: 1, overridden: 9 },
      followed: { accepted: 9, overridden: 1 },
    };
    deepEqual(dispositions(all, { answers }, 2), ["capped", "capped", "shown", "shown", "shown"]);
    deepEqual(dispositions(all, { answers, inEncounter: 7 }, 2), [
      "capped",
      "capped",
      "capped",
      "capped",
      "shown",
    ]);
  });

  it("tells more quietly what is nearly always set aside, but for the essential", () => {
    const answers = { a: { accepted: 2, overridden: 98 } };
    const [verdict] = decide([candidate()], { ...nothing, answers }, defaultPolicy);
    deepEqual([verdict!.indicator, verdict!.isDemoted], ["info", true]);
    const essential = candidate({ isEssential: true });
    const [kept] = decide([essential], { ...nothing, answers }, defaultPolicy);
    deepEqual([kept!.indicator, kept!.isDemoted], ["warning", false]);
    const few = { a: { accepted: 0, overridden: 29 } };
    equal(decide([candidate()], { ...nothing, answers: few }, defaultPolicy)[0]!.isDemoted, false);
  });
});

describe("texts of cards", () => {
  it("hold values, and nothing that could be markup", () => {
    const values = { news2: 7, output: { level: "high" }, note: "[x](https://evil.test) <b>" };
    equal(fill("{{news2}} {{ output.level }}{{nobody}}{{output.nothing}}", values), "7 high");
    equal(fill("{{note}}", values), "xhttps:/evil.test b");
    equal(fill("{{constructor}}{{__proto__.x}}", values), "");
  });
});
