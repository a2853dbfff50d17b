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
