/** What comes with the product can be published as it is, and does what it says. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { heardEvents } from "../definitions/heard.ts";
import {
  catalogue,
  checkDefinition,
  createSandbox,
  type Document,
  parseDefinition,
  type Sandbox,
} from "../language/language.ts";
import { SimulationInput } from "../runs/model.ts";
import { simulate } from "../runs/simulator.ts";
import type { ShippedName } from "./model.ts";
import { readShipped, shippedDefinitions } from "./shipped.ts";

describe("shipped definitions", () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = createSandbox({ limitMs: 20_000 });
  });
  after(() => sandbox.close());

  async function documentOf(name: ShippedName): Promise<Document> {
    const parsed = parseDefinition(await readShipped(name));
    ok("document" in parsed, JSON.stringify(parsed.findings));
    return parsed.document;
  }

  const run = async (name: ShippedName, given: Record<string, unknown>) =>
    await simulate(
      { sandbox, functions: catalogue },
      await documentOf(name),
      SimulationInput.parse(given),
    );
  const titlesOf = ({ tasks }: { tasks: { title: string }[] }) => tasks.map(({ title }) => title);

  for (const name of shippedDefinitions) {
    it(`${name} passes every check`, async () => {
      const document = await documentOf(name);
      equal(document.document.name, name);
      const known = { functions: catalogue, events: heardEvents };
      deepEqual(await checkDefinition(document, known, sandbox), []);
    });
  }

  const input = { title: "Potassium", documentId: newId(), patientId: newId(), kind: "hl7v2" };

  it("abnormal-result-follow-up calls about what is critical until somebody is reached", async () => {
    const critical = await run("abnormal-result-follow-up", {
      input,
      answers: { assess: { outcome: "critical" }, callPatient: { outcome: "reached" } },
    });
    equal(critical.status, "completed", critical.reason ?? "");
    deepEqual(titlesOf(critical), [
      "Assess result: Potassium",
      "Call the patient about a critical result: Potassium",
      "Arrange the follow-up of: Potassium",
    ]);
    const never = await run("abnormal-result-follow-up", {
      input,
      answers: { assess: { outcome: "critical" }, callPatient: { outcome: "not-reached" } },
    });
    // After five calls an operator hears of it: nobody is forgotten silently.
    deepEqual([never.status, never.tasks.length], ["failed", 6]);
    const normal = await run("abnormal-result-follow-up", {
      input,
      answers: { assess: { outcome: "normal" } },
    });
    deepEqual([normal.status, normal.tasks.length], ["completed", 1]);
  });

  it("abnormal-result-follow-up is escalated while nobody looks", async () => {
    const { trace } = await run("abnormal-result-follow-up", {
      input,
      minutes: { assess: 600 },
      answers: { assess: { outcome: "normal" } },
    });
    const levels = trace.filter(({ event }) => event === "escalated").map(({ detail }) => detail);
    deepEqual(levels, ["level 1", "level 2"]);
  });

  it("referral asks again when no answer comes, and ends when one does", async () => {
    const given = { patientId: newId(), to: "Cardiology" };
    const letter = (afterMinutes: number) => ({
      afterMinutes,
      type: "document.created",
      data: { patientId: given.patientId },
    });
    const answered = await run("referral", { input: given, events: [letter(3 * 1_440)] });
    deepEqual([answered.status, titlesOf(answered)], ["completed", [
      "Send the referral to Cardiology",
      "Close the referral to Cardiology",
    ]]);
    const late = await run("referral", { input: given, events: [letter(20 * 1_440)] });
    deepEqual(titlesOf(late), [
      "Send the referral to Cardiology",
      "No answer yet: ask Cardiology",
      "Close the referral to Cardiology",
    ]);
  });

  it("pre-visit-intake stops when the visit is called off", async () => {
    const visit = { appointmentId: newId(), patientId: newId() };
    const events = [{
      afterMinutes: 60,
      type: "appointment.cancelled",
      subject: visit.appointmentId,
    }];
    const off = await run("pre-visit-intake", { input: visit, events });
    deepEqual([off.status, off.tasks.length], ["completed", 1]);
    const silent = await run("pre-visit-intake", { input: visit });
    deepEqual([silent.status, titlesOf(silent).at(1)], [
      "completed",
      "Intake forms are missing; call the patient",
    ]);
  });

  it("missed-appointment tells a physician of a patient who wants no other", async () => {
    const visit = { appointmentId: newId(), patientId: newId() };
    const declined = await run("missed-appointment", {
      input: visit,
      answers: { reach: { outcome: "declined" } },
    });
    equal(titlesOf(declined).at(-1), "A patient missed an appointment and has no other");
    const booked = await run("missed-appointment", {
      input: visit,
      answers: { reach: { outcome: "not-reached" } },
      events: [{
        afterMinutes: 600,
        type: "appointment.booked",
        data: { patientId: visit.patientId },
      }],
    });
    deepEqual([booked.status, booked.tasks.length], ["completed", 1]);
  });

  it("document-review is staffed by twenty runs by chance, the same for the same seed", async () => {
    const given = { input, runs: 20, seed: 7 };
    const [one, same] = [await run("document-review", given), await run("document-review", given)];
    deepEqual(one.many, same.many);
    equal(one.many!.runs, 20);
    ok(one.many!.tasksPerRun > 1 && one.many!.tasksPerRun < 2);
  });
});
