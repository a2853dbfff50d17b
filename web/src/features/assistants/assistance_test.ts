import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { callOf, emptyAsk, emptyFact, isEmpty } from "./assistance.ts";

describe("what an assistant is asked", () => {
  const potassium = { ...emptyFact, name: " Potassium ", value: "5.9", unit: "mmol/L" };

  it("leaves out what was not filled in", () => {
    const form = { ...emptyAsk, facts: [emptyFact, potassium], instruction: "Be short." };
    deepEqual(callOf("result-message", "p", form), {
      task: "result-message",
      patientId: "p",
      input: {
        facts: [{
          id: "f-1",
          kind: "observation",
          name: "Potassium",
          value: "5.9",
          unit: "mmol/L",
        }],
        documents: [],
        names: [],
        instruction: "Be short.",
      },
    });
  });

  it("names no patient when a pathway is drafted", () => {
    const { patientId, input } = callOf("pathway-proposal", "p", { ...emptyAsk, document: " a " });
    equal(patientId, null);
    deepEqual(input.documents, [{ id: "d-1", trust: "document", text: "a" }]);
  });

  it("is something, or nothing is sent", () => {
    equal(isEmpty(emptyAsk), true);
    equal(isEmpty({ ...emptyAsk, facts: [potassium] }), false);
  });
});
