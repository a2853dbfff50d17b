/** Decisions of a clinic: right, wrong, endless and greedy. Failure tests 12 and 18. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createEvaluator, type Evaluator, type Job } from "./evaluator.ts";
import { Model } from "./model.ts";

const literal = (text: string): Model =>
  Model.parse({
    name: "m",
    inputs: [{ name: "x", type: "number" }],
    decisions: [{ name: "d", needs: ["x"], logic: { kind: "literal", text } }],
  });
const job = (text: string, x: unknown = 1): Job => ({
  hash: text,
  model: literal(text),
  decision: "d",
  inputs: { x },
});
const ENDLESS = `matches("${"a".repeat(40)}!", "^(a+)+$")`;
const GREEDY = "for a in 1..100000000 return string(a)";

describe("the evaluator", () => {
  let evaluator: Evaluator;
  before(() => {
    evaluator = createEvaluator({ processes: 2, decisionMs: 1_000, batchMs: 20_000 });
  });
  after(() => evaluator.close());

  const valuesOf = async (jobs: Job[]) =>
    (await evaluator.evaluate(jobs)).map((one) => one.kind === "done" ? one.value : one.kind);

  it("answers in order, and a model that it knows needs not be sent again", async () => {
    deepEqual(await valuesOf([job("x + 1"), job("x * 2", 4), job("x + 1", 9)]), [2, 8, 10]);
    deepEqual(await valuesOf([]), []);
  });

  it("kills what does not end, blames it, and still answers the others (12, 18)", async () => {
    deepEqual(await valuesOf([job("x"), job(ENDLESS), job("x + 1"), job(GREEDY), job("x + 2")]), [
      1,
      "timeout",
      2,
      "timeout",
      3,
    ]);
  });

  it("is there for the next one, however often somebody's decision does not end (18)", async () => {
    const short = createEvaluator({ processes: 1, decisionMs: 300, batchMs: 20_000 });
    for (let n = 0; n < 3; n++) {
      const outcomes = await short.evaluate([job("x"), job(ENDLESS)]);
      deepEqual(outcomes.map(({ kind }) => kind), ["done", "timeout"]);
    }
    deepEqual(await short.check(literal("x + 1")), []);
    await short.close();
  });

  it("keeps answers short, and to what can be kept", async () => {
    const [long, half] = await evaluator.evaluate([
      job('for i in 1..20000 return "1234567"'),
      job('substring("\u{1f600}", 1, 1) + "\\u0000"'),
    ]);
    ok(long?.kind === "done" && half?.kind === "done");
    deepEqual([long.value, long.warnings], [null, ["the answer is too long"]]);
    const text = JSON.stringify(half.value);
    ok(!/\\u(?:d[89a-f]|0000)/i.test(text), text);
  });

  it("checks what is needed once, whatever the ways to it", async () => {
    const layers = 60;
    const decisions = Array.from({ length: 2 * layers }, (_, n) => ({
      name: `d${n}`,
      needs: n + 2 < 2 * layers ? [`d${n - n % 2 + 2}`, `d${n - n % 2 + 3}`] : [],
      logic: { kind: "literal", text: "1" },
    }));
    deepEqual(await evaluator.check(Model.parse({ name: "m", decisions })), []);
    decisions.at(-1)!.needs = ["d0"];
    deepEqual((await evaluator.check(Model.parse({ name: "m", decisions }))).map((f) => f.detail), [
      "It needs itself.",
    ]);
  });

  it("says that there was no time left, without blame (18)", async () => {
    const short = createEvaluator({ processes: 1, decisionMs: 5_000, batchMs: 500 });
    const outcomes = await short.evaluate([job(ENDLESS), job("x")]);
    deepEqual(outcomes.map(({ kind }) => kind), ["timeout", "skipped"]);
    await short.close();
  });

  it("has no rights: neither files, network nor environment", async () => {
    const [outcome] = await evaluator.evaluate([job("x.constructor")]);
    ok(outcome?.kind === "done");
    equal(outcome.value, null);
  });

  it("finds what cannot be read, needed or reached, without evaluating", async () => {
    deepEqual(await evaluator.check(literal("x + 1")), []);
    equal((await evaluator.check(literal("x +")))[0]!.at, "d");
    equal((await evaluator.check(literal(ENDLESS))).length, 0);
    const odd = Model.parse({
      name: "m",
      inputs: [{ name: "d" }],
      decisions: [
        { name: "a", needs: ["b", "c"], logic: { kind: "literal", text: "b" } },
        { name: "b", needs: ["a"], logic: { kind: "literal", text: "a" } },
        {
          name: "d",
          logic: {
            kind: "table",
            inputs: [],
            outputs: [{}],
            rules: [{ when: ["-"], then: ["1"] }],
          },
        },
      ],
    });
    equal((await evaluator.check(odd)).length, 4);
  });
});
