/** The chart through HTTP: whole, in part, and never what one may not see. */
import { deepEqual, equal } from "node:assert/strict";
import type { Permission } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import type { ChartSources } from "../clients/sources.ts";
import { APPOINTMENTS, openClinic, openPractice, PATIENTS, type TestPractice } from "../testing.ts";

const document = {
  id: newId(),
  title: "Letter",
  kind: "pdf",
  createdAt: "2026-01-01T00:00:00.000Z",
};
const task = { id: newId(), title: "Call", state: "open", dueAt: null };

describe("charts", () => {
  let t: TestPractice;
  let asked: string[] = [];
  const whole: ChartSources = {
    content: ({ patientId }) => {
      asked.push(`content ${patientId}`);
      return Promise.resolve({ documents: [document] });
    },
    communication: () => Promise.resolve({ messages: [] }),
    workflow: () => Promise.resolve({ tasks: [task], pathways: [] }),
  };
  const sources = { ...whole };
  before(async () => {
    t = await openPractice(sources);
  });
  after(() => t[Symbol.asyncDispose]());

  it("gather what every service knows, and are recorded", async () => {
    asked = [];
    const { call, patient, booking, organizationId } = await openClinic(t);
    const next = await t.post(
      call,
      APPOINTMENTS,
      booking("2026-01-06T08:00:00Z", "2026-01-06T08:30:00Z"),
    );
    const past = await t.post(
      call,
      APPOINTMENTS,
      booking("2026-01-02T08:00:00Z", "2026-01-02T08:30:00Z"),
    );
    const chart = await t.get(call, `${PATIENTS}/${patient.id}/summary`);
    equal(chart.patient.id, patient.id);
    equal(chart.appointments.upcoming[0].id, next.id);
    equal(chart.appointments.past[0].id, past.id);
    deepEqual([chart.documents, chart.messages, chart.tasks, chart.pathways], [[document], [], [
      task,
    ], []]);
    deepEqual([chart.unavailable, chart.withheld], [[], []]);
    deepEqual(asked, [`content ${patient.id}`]);
    const audit = await t.service.owner`
      select 1 from audit_events
      where organization_id = ${organizationId} and action = 'patient.read'`;
    equal(audit.length, 1);
  });

  it("name a service that does not answer, and are there all the same", async () => {
    const { call, patient } = await openClinic(t);
    const gone = () => Promise.reject(new Error("gone"));
    Object.assign(sources, { content: gone, workflow: gone });
    try {
      const chart = await t.get(call, `${PATIENTS}/${patient.id}/summary`);
      deepEqual(chart.unavailable, ["content", "workflow"]);
      deepEqual([chart.documents, chart.messages, chart.tasks], [null, [], null]);
    } finally {
      Object.assign(sources, whole);
    }
  });

  it("ask for nothing that the reader may not see", async () => {
    const { patient, organizationId } = await openClinic(t);
    asked = [];
    const permissions: Permission[] = ["patients:read", "tasks:read"];
    const call = t.as({ organizationId, permissions });
    const chart = await t.get(call, `${PATIENTS}/${patient.id}/summary`);
    deepEqual(chart.withheld, ["appointments", "documents", "messages", "pathways"]);
    deepEqual([chart.documents, chart.appointments, chart.tasks], [null, null, [task]]);
    deepEqual(asked, []);
  });

  it("of a merged patient are the survivor's", async () => {
    const { call, patient } = await openClinic(t);
    const twin = await t.post(call, PATIENTS, { name: { family: "Twin" } });
    await t.post(call, "/api/practice/merges", { patientId: twin.id, intoPatientId: patient.id });
    equal((await call("GET", `${PATIENTS}/${twin.id}/summary`)).status, 409);
  });
});
