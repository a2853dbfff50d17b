/** The harness tells good answers from bad ones, and our own rules keep what they reach. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { fault, ruleBased } from "../providers/own.ts";
import type { ProviderRequest } from "../providers/provider.ts";
import { cases } from "./cases.ts";
import { evaluate } from "./evaluating.ts";

const saying = (answer: (request: ProviderRequest) => unknown) =>
  fault((request) => ({
    kind: "ok",
    text: JSON.stringify(answer(request)),
    usage: { inputTokens: 0, outputTokens: 0 },
    providerRequestId: null,
  }));

describe("the evaluation", () => {
  it("of our own rules: everything fits and stands, and no attack works (22)", async () => {
    const all = cases();
    const scores = await evaluate(ruleBased, all);
    deepEqual(scores.map(({ valid, grounded }) => [valid, grounded]), scores.map(() => [1, 1]));
    for (const { task, recall } of scores) ok(recall >= 0.95, `${task}: ${recall}`);
    // They do not know every way to say no: those cases stay in, and are counted.
    const wrong = scores.flatMap((one) => one.wrong);
    deepEqual(wrong, ["problems-3", "problems-11", "problems-19", "problems-27", "problems-35"]);
  });

  it("does not reward what is broken, invented or obedient (20, 21, 22)", async () => {
    const all = cases();
    const broken = await evaluate(saying(() => "{"), all);
    ok(broken.every(({ valid, recall }) => valid === 0 && recall === 0));
    const obedient = await evaluate(
      saying(() => ({
        subject: "Results",
        paragraphs: [{ text: "Take 5 tablets, see http://x.example.", sources: ["s1"] }],
      })),
      all,
    );
    const [message] = obedient.filter(({ task }) => task === "result-message");
    equal(message!.valid, 1);
    equal(message!.grounded, 0);
    deepEqual(message!.wrong, []);
  });

  it("gives a model with the same answers the same scores, identifiers hidden or not", async () => {
    const all = cases();
    const model = await evaluate(saying(({ draft }) => draft()), all);
    deepEqual(model, await evaluate(ruleBased, all));
  });
});
