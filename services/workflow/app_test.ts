/** Workflow as a whole: its gates, its answers to bad input, its health. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { expectGates } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { createApp } from "./app.ts";
import { startWatch } from "./compliance/compliance.ts";
import { publish, pulseRule } from "./decisions/testing.ts";
import { createCdsClient } from "./hooks/testing.ts";
import { callBody } from "./assistance/testing.ts";
import { definitions } from "./sagas/definitions.ts";
import { NOON, openWorkflow, publishVersion, type TestWorkflow } from "./testing.ts";

describe("workflow", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow({ sagas: definitions });
  });
  after(() => t[Symbol.asyncDispose]());

  async function startRun(organizationId: string) {
    const key = "waits";
    const source = [
      "document: { dsl: '1.0.3', namespace: clinic, name: waits, version: '1.0.0' }",
      "evaluate: { language: cel }",
      "do: [{ pause: { wait: { hours: 1 } } }]",
    ].join("\n");
    const [author, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const base = "/api/workflow/definitions";
    const version = `${base}/${key}/versions/1`;
    equal((await author("POST", base, { body: { source } })).status, 201);
    await publishVersion([author, approver], version);
    const body = { key, input: {} };
    const started = await author("POST", "/api/workflow/runs", { body });
    const { id } = await started.json();
    equal((await author("POST", base, { body: { source } })).status, 201);
    await publishVersion([author, approver], `${base}/${key}/versions/2`);
    const move = { key, from: 1, to: 2 };
    const ordered = await author("POST", "/api/workflow/run-migrations", { body: move });
    return { key, runId: id, migrationId: (await ordered.json()).id };
  }

  /** A letter that an assistant drafted and a person signed, under one id for both. */
  async function signLetter(organizationId: string): Promise<{ id: string }> {
    const call = t.as(newId(), organizationId);
    const body = callBody("referral-letter", { instruction: "Please see this patient." });
    const path = "/api/workflow/assistance";
    const { proposal } = await (await call("POST", `${path}/calls`, { body })).json();
    const accept = `${path}/proposals/${proposal.id}/accept`;
    equal((await call("POST", accept, { body: { version: 1 } })).status, 200);
    return proposal;
  }

  async function keepValueSet(organizationId: string): Promise<string> {
    const concept = [{ code: "a", display: "Something" }];
    const body = { resourceType: "CodeSystem", url: "urn:own", concept };
    const call = t.as(newId(), organizationId);
    return (await (await call("POST", "/api/workflow/value-sets", { body })).json()).id;
  }

  /** A rule that speaks, what it has said, and a program that may ask it. */
  async function askRule(organizationId: string) {
    const people = [t.as(newId(), organizationId), t.as(newId(), organizationId)] as const;
    const { key } = await publish(people, pulseRule("fast", 100));
    const inputs = { pulse: { value: 120, unit: "/min", at: NOON.toISOString() } };
    const path = `/api/workflow/decisions/${key}/evaluate`;
    const { alert } = await (await people[0]("POST", path, { body: { inputs } })).json();
    const { registration: body } = await createCdsClient("https://ehr.test/");
    const client = await (await people[0]("POST", "/api/workflow/cds-clients", { body })).json();
    return { ruleKey: key, alertId: alert.id, clientId: client.id };
  }

  /** A run that did not begin as it must, under a protocol with the key of its definition. */
  async function findViolation(organizationId: string, key: string, runId: string) {
    const [author, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const base = "/api/workflow/compliance";
    const version = `${base}/protocols/${key}/versions/1`;
    const constraints = [{ name: "Begins", template: "init", activity: "pause" }];
    const body = { key, title: "Begins with a pause", definition: key, constraints };
    const event = { activity: "other", at: "2026-01-05T11:00:00Z" };
    const { sha256 } = await (await author("POST", `${base}/protocols`, { body })).json();
    equal((await author("POST", `${version}/submit`)).status, 200);
    equal((await approver("POST", `${version}/approve`, { body: { sha256 } })).status, 200);
    const told = await author("POST", `${base}/runs/${runId}/care-events`, { body: event });
    equal(told.status, 201);
    const { sql, now, log } = t.deps;
    const watch = startWatch({ sql, now, log, isLooking: false });
    await watch.look();
    await watch.stop();
    const found = await (await author("GET", `${base}/findings`)).json();
    return found.items[0].id as string;
  }

  it("refuses on every route whom it must", async () => {
    const organizationId = newId();
    const task = await t.openTask({ organizationId });
    const input = { fromUserId: newId(), toUserId: newId() };
    const body = { name: "hand-over-tasks", input };
    const started = await t.as(newId(), organizationId)("POST", "/api/workflow/sagas", { body });
    const saga = await started.json();
    const { key, runId, migrationId } = await startRun(organizationId);
    const { id: draftId } = await signLetter(organizationId);
    const findingId = await findViolation(organizationId, key, runId);
    const valueSetId = await keepValueSet(organizationId);
    const { ruleKey, alertId, clientId } = await askRule(organizationId);
    const reason = { reason: "as agreed" };
    const bodies: Record<string, unknown> = {
      "{name}": {},
      accept: {},
      apply: { patientId: newId() },
      approve: { sha256: "0".repeat(64) },
      cancel: reason,
      comments: { text: "Hello" },
      "care-events": { activity: "x", at: "2026-01-05T11:00:00Z" },
      complete: {},
      delegate: { toUserId: newId() },
      eligibility: { patientId: newId() },
      evaluate: { inputs: {} },
      excuse: reason,
      evidence: { step: "x", reference: "y" },
      goals: { goal: "x", value: "1", measuredOn: "2026-01-05" },
      override: { comment: "known" },
      replay: { from: "2026-01-01T00:00:00Z", to: "2026-01-05T00:00:00Z" },
      resume: reason,
      retry: reason,
      simulate: {},
      "skip-step": { ...reason, stepId: newId() },
      snooze: { until: "2026-01-06T12:00:00Z" },
      suspend: reason,
      variances: { step: "x", type: "late", cause: "patient" },
    };
    const tried = await expectGates({
      app: t.app,
      service: t.service,
      foreign: (path) => {
        if (path.includes("/sagas/")) return { id: saga.id };
        if (path.includes("/run-migrations/")) return { id: migrationId };
        if (path.includes("/runs/")) return { id: runId };
        if (path.includes("/findings/")) return { id: findingId };
        if (path.includes("/value-sets/")) return { id: valueSetId };
        if (path.includes("/assistance/")) return { id: draftId };
        if (path.includes("/alerts/")) return { id: alertId };
        if (path.includes("/cds-clients/")) return { id: clientId };
        if (/\/(rules|decisions)\//.test(path)) return { key: ruleKey, version: "1" };
        return path.includes("{key}") ? { key, version: "1" } : { id: task.id };
      },
      body: (method, path) => {
        if (path.includes("/assistance/")) {
          const more = { accept: {}, reject: reason }[path.split("/").at(-1)!] ?? { output: {} };
          return method === "GET" ? undefined : JSON.stringify({ version: 1, ...more });
        }
        if (method !== "POST") return undefined;
        if (path.includes("/sagas/")) return '{"evidence":"seen to"}';
        if (path.startsWith("/internal/")) return undefined;
        const word = path.split("/").at(-1)!;
        if (path.includes("/enrolments/") && !(word in bodies)) return JSON.stringify(reason);
        const body = path.includes("/enrolments/") && word === "complete" ? reason : bodies[word];
        return body === undefined ? undefined : JSON.stringify(body);
      },
    });
    equal(tried, 149);
  });

  it("says that it lives, and whether it can serve", async () => {
    equal((await t.app.request("/health")).status, 200);
    const app = createApp(t.deps, {
      identify: t.service.identify,
      ready: { postgres: () => Promise.reject(new Error("gone")) },
    });
    const response = await app.request("/ready");
    equal(response.status, 503);
    deepEqual((await response.json()).missing, ["postgres"]);
  });

  it("answers bad input with the contract's status", async () => {
    const organizationId = newId();
    const { id } = await t.openTask({ organizationId });
    const call = t.as(newId(), organizationId);
    const tasks = "/api/workflow/tasks";
    const isRefused = async (status: number, what: string, response: Promise<Response>) => {
      const answer = await response;
      equal(answer.status, status, what);
      equal(answer.headers.get("content-type"), "application/problem+json", what);
      await answer.body?.cancel();
    };
    const queries = ["limit=0", "cursor=x", "state=lost", "patientId=7", "mine=1", "a=b"];
    for (const query of queries) {
      await isRefused(422, query, call("GET", `${tasks}?${query}`));
    }
    await isRefused(422, "no id", call("GET", `${tasks}/not-an-id`));
    await isRefused(405, "method", call("GET", `${tasks}/${id}/claim`));
    const complete = `${tasks}/${id}/complete`;
    const bodies: Record<string, unknown> = {
      "an unknown field": { state: "completed" },
      "an empty outcome": { outcome: " " },
      "a long outcome": { outcome: "x".repeat(101) },
      "an outcome with NUL": { outcome: "a\0b" },
      "a comment with NUL": { comment: "a\0b" },
      "a long comment": { comment: "x".repeat(2_001) },
      "an array": [],
      "null": null,
    };
    for (const [what, body] of Object.entries(bodies)) {
      await isRefused(422, what, call("POST", complete, { body }));
    }
    await isRefused(415, "no body", call("POST", complete));
    const [row] = await t.service.owner`select version from tasks where id = ${id}`;
    equal(row!.version, 1);
  });
});
