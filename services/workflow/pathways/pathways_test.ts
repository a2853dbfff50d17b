/** Patients on the two pathways that ship with the product. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import antenatal from "../shipped/antenatal.json" with { type: "json" };
import diabetes from "../shipped/type-2-diabetes-annual-cycle.json" with { type: "json" };
import { openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";

const BASE = "/api/workflow";
const DAY_MS = 86_400_000;
const coded = (resourceType: string, code: string, more = {}) => ({
  resourceType,
  code: { coding: [{ code }] },
  ...more,
});

describe("pathways", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  const bodyOf = async (response: Promise<Response>, status: number) => {
    const answered = await response;
    const text = await answered.text();
    equal(answered.status, status, text);
    return text === "" ? undefined : JSON.parse(text);
  };

  async function clinic(plan: unknown, key: string) {
    const organizationId = newId();
    const call = t.as(newId(), organizationId);
    const drafted = await bodyOf(call("POST", `${BASE}/pathways`, { body: { plan } }), 201);
    deepEqual(drafted.findings, []);
    const path = `${BASE}/definitions/${key}/versions/1`;
    await publishVersion([call, t.as(newId(), organizationId)], path);
    return {
      organizationId,
      call,
      enrol: (body: Record<string, unknown>, status = 201) =>
        bodyOf(call("POST", `${BASE}/enrolments`, { body: { key, ...body } }), status),
      get: (id: string) => bodyOf(call("GET", `${BASE}/enrolments/${id}`), 200),
      titles: async () => {
        const { items } = await bodyOf(call("GET", `${BASE}/tasks?state=open&limit=100`), 200);
        return items.map(({ title }: { title: string }) => title).sort();
      },
      async complete(title: string) {
        const { items } = await bodyOf(call("GET", `${BASE}/tasks?state=open&limit=100`), 200);
        const { id } = items.find((one: { title: string }) => one.title === title);
        await bodyOf(call("POST", `${BASE}/tasks/${id}/complete`, { body: {} }), 200);
        await t.runner.drain();
      },
    };
  }

  const adult = { resourceType: "Patient", birthDate: "1960-02-03" };
  const stateOf = (detail: { steps: { id: string; state: string }[] }, id: string) =>
    detail.steps.find((step) => step.id === id)!.state;

  it("diabetes: reasons and missing data, then steps that follow one another", async () => {
    const { call, enrol, get, titles, complete } = await clinic(
      diabetes,
      "type-2-diabetes-annual-cycle",
    );
    const patientId = newId();
    const path = `${BASE}/pathways/type-2-diabetes-annual-cycle`;
    const asked = { patientId, resources: [adult, coded("Condition", "E11.9")] };
    const fits = await bodyOf(call("POST", `${path}/eligibility`, { body: asked }), 200);
    deepEqual([fits.isEligible, fits.missing], [true, []]);
    const not = await enrol({ patientId, resources: [adult] }, 409);
    equal(not.type, "/problems/not-eligible");
    const enrolled = await enrol(asked);
    equal((await enrol(asked, 409)).type, "/problems/enrolment-exists");
    await t.runner.drain();
    equal(stateOf(enrolled, "metformin-review"), "not_applicable");
    deepEqual(await titles(), [
      "Examine the feet",
      "Measure HbA1c",
      "Measure urine albumin, creatinine and eGFR",
      "Refer to retinal screening",
    ]);
    await complete("Measure urine albumin, creatinine and eGFR");
    // Evidence without a task: the step is closed and its task is taken back.
    const evidence = { step: "feet", reference: "DocumentReference/1" };
    await bodyOf(
      call("POST", `${BASE}/enrolments/${enrolled.id}/evidence`, { body: evidence }),
      204,
    );
    await t.runner.drain();
    const later = await get(enrolled.id);
    deepEqual([stateOf(later, "feet"), stateOf(later, "annual-review")], ["done", "ahead"]);
    equal(
      later.steps.find(({ id }: { id: string }) => id === "feet").evidence,
      "DocumentReference/1",
    );
    t.pass(14 * DAY_MS);
    await t.runner.drain();
    ok((await titles()).includes("Annual review with the patient"));
    ok(!(await titles()).includes("Examine the feet"));
  });

  it("goals, variances, hold and the ways out", async () => {
    const { call, enrol, get, titles } = await clinic(diabetes, "type-2-diabetes-annual-cycle");
    const resources = [adult, coded("Condition", "44054006")];
    const { id } = await enrol({ patientId: newId(), resources });
    await t.runner.drain();
    const post = (what: string, body: object, status: number) =>
      bodyOf(call("POST", `${BASE}/enrolments/${id}/${what}`, { body }), status);
    const measured = { goal: "hba1c", value: "7.4", unit: "%", measuredOn: "2026-01-05" };
    equal((await post("goals", measured, 201)).isMet, false);
    equal((await post("goals", { ...measured, value: "6.9" }, 201)).isMet, true);
    await post("goals", { ...measured, goal: "weight" }, 422);
    const variance = { step: "eyes", type: "late", cause: "patient", note: "On holiday" };
    await post("variances", variance, 201);
    await post("variances", { ...variance, cause: "weather" }, 422);
    equal((await post("hold", { reason: "in hospital" }, 200)).status, "on_hold");
    await post("hold", { reason: "again" }, 409);
    equal((await post("resume", { reason: "home" }, 200)).status, "active");
    const left = await post("withdraw", { reason: "does not want it" }, 200);
    deepEqual([left.status, left.goals.length, left.variances.length], ["withdrawn", 2, 1]);
    deepEqual(await titles(), []);
    await post("transfer", { reason: "too late" }, 409);
    equal((await get(id)).reason, "does not want it");
  });

  it("antenatal: contacts at their weeks, and what cannot be told is for a person", async () => {
    const { call, enrol, titles, complete } = await clinic(antenatal, "antenatal");
    const resources = [adult, coded("Condition", "77386006")];
    const patientId = newId();
    const body = { patientId, resources };
    const bundle = await bodyOf(call("POST", `${BASE}/pathways/antenatal/apply`, { body }), 200);
    const kinds = bundle.entry.map(({ resource }: { resource: { resourceType: string } }) =>
      resource.resourceType
    );
    deepEqual(kinds, ["CarePlan", "RequestGroup", ...Array(5).fill("Task")]);
    const antiD = bundle.entry.find(({ resource }: { resource: { id: string } }) =>
      resource.id === "task-anti-d"
    );
    ok(antiD.resource.statusReason);
    const { steps } = await enrol(body);
    ok(steps.find(({ id }: { id: string }) => id === "anti-d").cannotTell);
    await t.runner.drain();
    deepEqual(await titles(), ["Booking contact, with bloods and history"]);
    await complete("Booking contact, with bloods and history");
    t.pass(8 * 7 * DAY_MS);
    await t.runner.drain();
    deepEqual(await titles(), ["Antenatal contact", "Arrange the anatomy scan"]);
    await complete("Antenatal contact");
    deepEqual(await titles(), ["Arrange the anatomy scan"]);
    t.pass(3 * 7 * DAY_MS);
    await t.runner.drain();
    deepEqual(await titles(), ["Antenatal contact", "Arrange the anatomy scan"]);
  });

  it("follow groups, and what says that it comes before", async () => {
    const related = (actionId: string, relationship: string, more = {}) => ({
      relatedAction: [{ actionId, relationship, ...more }],
    });
    const known = (expression: string) => ({
      condition: [{ kind: "applicability", expression: { language: "text/fhirpath", expression } }],
    });
    const plan = {
      resourceType: "PlanDefinition",
      name: "grouped",
      action: [
        {
          id: "tests",
          action: [
            { id: "blood", title: "Blood" },
            { id: "urine", title: "Urine" },
            { id: "xray", title: "X-ray", ...known("false") },
          ],
        },
        { id: "review", title: "Review", ...related("tests", "after-end") },
        {
          id: "brief",
          title: "Brief",
          ...related("tests", "after-start", { offsetDuration: { value: 2, code: "d" } }),
        },
        { id: "consent", title: "Consent", ...related("letter", "before-start") },
        { id: "letter", title: "Letter" },
        { id: "film", title: "Film", ...related("xray", "after-end") },
        { id: "file", title: "File the film", ...related("film", "after-end") },
      ],
    };
    const { enrol, get, titles, complete } = await clinic(plan, "grouped");
    const { id, steps } = await enrol({ patientId: newId(), resources: [adult] });
    deepEqual(
      steps.filter(({ state }: { state: string }) => state === "not_applicable")
        .map(({ id }: { id: string }) => id),
      ["xray", "film", "file"],
    );
    await t.runner.drain();
    deepEqual(await titles(), ["Blood", "Consent", "Urine"]);
    await complete("Blood");
    // Longer than facts are looked back for.
    t.pass(3 * DAY_MS);
    await t.runner.drain();
    deepEqual(await titles(), ["Brief", "Consent", "Urine"]);
    await complete("Urine");
    deepEqual(await titles(), ["Brief", "Consent", "Review"]);
    await complete("Consent");
    deepEqual(await titles(), ["Brief", "Letter", "Review"]);
    for (const title of ["Brief", "Letter", "Review"]) await complete(title);
    equal((await get(id)).status, "completed");
  });

  it("go out as they came in, and are nobody else's (24)", async () => {
    const { call, organizationId, enrol } = await clinic(antenatal, "antenatal");
    const plan = await bodyOf(call("GET", `${BASE}/pathways/antenatal/plan-definition`), 200);
    deepEqual(plan, antenatal);
    const resources = [coded("Condition", "77386006")];
    const { id } = await enrol({ patientId: newId(), resources });
    const rival = t.as(newId(), newId());
    equal((await rival("GET", `${BASE}/enrolments/${id}`)).status, 404);
    const seen = (scope: Parameters<typeof read>[1]) =>
      read(t.deps.sql, scope, (tx) => tx`select id from enrolments where id = ${id}`);
    deepEqual([
      (await seen({ organizationId })).length,
      (await seen({ organizationId: newId() })).length,
    ], [1, 0]);
    const broken = { resourceType: "PlanDefinition", action: [] };
    await bodyOf(call("POST", `${BASE}/pathways`, { body: { plan: broken } }), 422);
  });
});
