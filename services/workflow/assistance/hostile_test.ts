/** Texts made to keep a pattern busy: each comes to an end, and nothing of it is lost. */
import { equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { createDeidentifier, termsOf } from "./deidentify/deidentify.ts";
import { ground } from "./grounding/grounding.ts";
import { patientNo } from "./testing.ts";
import { tasks } from "./tasks/tasks.ts";

const CHARS = 18_000;

describe("a hostile document", () => {
  const patient = patientNo(3);
  // Before they were bounded, most of these took minutes.
  for (const unit of ["a", " ", "1 ", "a.", "1-", "Aa ", "no ", "ignore ", "QUJD", "1.1.", "é"]) {
    it(`of ${JSON.stringify(unit)} alone is hidden, restored and read`, () => {
      const text = `x${unit.repeat(CHARS / unit.length)}x`;
      const deidentifier = createDeidentifier({
        known: termsOf(patient),
        birthDate: patient.birthDate!,
        days: -40,
      });
      equal(deidentifier.restore(deidentifier.hide(text)), text);
      const documents = [{ id: "d-1", trust: "document" as const, text }];
      const material = { facts: [], documents, instruction: null };
      const task = tasks["problem-candidates"];
      equal(ground(task, task.draft(material), material).length, 0);
    });
  }
});
