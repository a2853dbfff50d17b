/** Rules for tests, benchmarks and demonstrations: an early warning by NEWS2. */
import { type Caller, publishVersion } from "../testing.ts";

/** Fires from seven on, and from five on more quietly; the score comes from what was observed. */
export const earlyWarning = (more: Record<string, unknown> = {}) => ({
  key: "early-warning",
  title: "Early warning",
  description: "Somebody should look at a patient whose observations are getting worse.",
  evidence: { title: "Royal College of Physicians, NEWS2, 2017" },
  hooks: ["patient-view"],
  inputs: [{ name: "news2", hoursMax: 24, from: { score: "news2" } }],
  table: {
    kind: "table",
    hitPolicy: "FIRST",
    inputs: [{ expression: "news2", type: "number" }],
    outputs: [{ name: "level", type: "string" }, { name: "indicator", type: "string" }],
    rules: [
      { when: [">= 7"], then: ['"high"', '"critical"'] },
      { when: [">= 5"], then: ['"medium"', '"warning"'] },
    ],
  },
  card: {
    summary: "NEWS2 is {{news2}}: {{output.level}} risk",
    detail: "Assess now.",
    indicator: "warning",
    suggestions: [{
      label: "Ask for an urgent assessment",
      actions: [{
        type: "create",
        description: "A task for the physician on duty",
        resource: { resourceType: "Task", status: "requested", intent: "order" },
      }],
    }],
    overrideReasons: [
      { code: "known", system: "https://praxis.example/reasons", display: "Known and treated" },
      { code: "palliative", system: "https://praxis.example/reasons", display: "Comfort care" },
    ],
  },
  tests: [
    test("seven", 7, "fired"),
    test("five", 5, "fired"),
    test("four", 4, "not_fired"),
    { name: "nothing", inputs: {}, expected: { status: "indeterminate" } },
  ],
  worsens: { input: "news2", direction: "up" },
  ...more,
});

function test(name: string, value: number, status: string) {
  return { name, inputs: { news2: { value, at: NOW } }, expected: { status } };
}
/** The clock of tests. */
const NOW = "2026-01-05T12:00:00Z";

/** A sitting pulse: `pulse` over a hundred and thirty; for many rules at once. */
export const pulseRule = (key: string, limit: number, more: Record<string, unknown> = {}) => ({
  key,
  title: `Pulse over ${limit}`,
  description: "For tests.",
  evidence: { title: "Nobody" },
  hooks: ["patient-view"],
  inputs: [{
    name: "pulse",
    unit: "/min",
    hoursMax: 24,
    from: { observation: [{ code: "8867-4" }] },
  }],
  table: {
    kind: "table",
    hitPolicy: "FIRST",
    inputs: [{ expression: "pulse", type: "number" }],
    outputs: [{ type: "string" }],
    rules: [{ when: [`> ${limit}`], then: ['"fast"'] }, { when: ["< 30"], then: ['"slow"'] }],
  },
  card: { summary: "Pulse {{pulse}}: {{output}}", indicator: "info" },
  tests: [{
    name: "fast",
    inputs: { pulse: { value: limit + 1, unit: "/min", at: NOW } },
    expected: { status: "fired", output: "fast" },
  }],
  ...more,
});

async function ok(response: Response, status: number) {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Writes, hands in and approves; two people of one organization. */
export async function publish(
  [author, approver]: readonly [Caller, Caller],
  draft: { key: string },
  state: "active" | "shadow" = "active",
): Promise<{ id: string; key: string; version: number }> {
  const rules = "/api/workflow/rules";
  const { key, version } = await ok(await author("POST", rules, { body: draft }), 201);
  const path = `${rules}/${key}/versions/${version}`;
  return await publishVersion([author, approver], path, state);
}

/** An observation of FHIR, by its LOINC code. */
export const observation = (
  patientId: string,
  code: string,
  value: number,
  unit: string,
  at = NOW,
) => ({
  resourceType: "Observation",
  status: "final",
  code: { coding: [{ system: "http://loinc.org", code }] },
  subject: { reference: `Patient/${patientId}` },
  effectiveDateTime: at,
  valueQuantity: { value, unit, system: "http://unitsofmeasure.org", code: unit },
});

/** What NEWS2 asks for, with a sum of seven. */
export const sickPatient = (patientId: string, pulse = 132, at = NOW) => ({
  patient: { resourceType: "Patient", id: patientId, birthDate: "1950-03-02", gender: "female" },
  observations: {
    resourceType: "Bundle",
    type: "searchset",
    entry: [
      observation(patientId, "9279-1", 22, "/min", at),
      observation(patientId, "59408-5", 94, "%", at),
      observation(patientId, "3151-8", 0, "L/min", at),
      observation(patientId, "8480-6", 105, "mm[Hg]", at),
      observation(patientId, "8867-4", pulse, "/min", at),
      observation(patientId, "8310-5", 37.2, "Cel", at),
      {
        ...observation(patientId, "67775-7", 0, "1", at),
        valueQuantity: undefined,
        valueCodeableConcept: { text: "alert" },
      },
    ].map((resource) => ({ resource: JSON.parse(JSON.stringify(resource)) })),
  },
});
