/** Workflow as a whole: its gates, its answers to bad input, its health. */
import { deepEqual, equal } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { expectGates } from "@praxis/shared/testing";
import { after, before, describe, it } from "@std/testing/bdd";
import { createApp } from "./app.ts";
import { definitions } from "./sagas/definitions.ts";
import { openWorkflow, type TestWorkflow } from "./testing.ts";

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
    equal((await author("POST", `${version}/submit`)).status, 200);
    equal((await approver("POST", `${version}/approve`, { body: {} })).status, 200);
    const body = { key, input: {} };
    const started = await author("POST", "/api/workflow/runs", { body });
    return { key, runId: (await started.json()).id };
  }

  it("refuses on every route whom it must", async () => {
    const organizationId = newId();
    const task = await t.openTask({ organizationId });
    const input = { fromUserId: newId(), toUserId: newId() };
    const body = { name: "hand-over-tasks", input };
    const started = await t.as(newId(), organizationId)("POST", "/api/workflow/sagas", { body });
    const saga = await started.json();
    const { key, runId } = await startRun(organizationId);
    const reason = { reason: "as agreed" };
    const bodies: Record<string, unknown> = {
      apply: { patientId: newId() },
      approve: {},
      cancel: reason,
      comments: { text: "Hello" },
      complete: {},
      delegate: { toUserId: newId() },
      eligibility: { patientId: newId() },
      evidence: { step: "x", reference: "y" },
      goals: { goal: "x", value: "1", measuredOn: "2026-01-05" },
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
        if (path.includes("/runs/")) return { id: runId };
        return path.includes("{key}") ? { key, version: "1" } : { id: task.id };
      },
      body: (method, path) => {
        if (method !== "POST") return undefined;
        if (path.includes("/sagas/")) return '{"evidence":"seen to"}';
        if (path.startsWith("/internal/")) return undefined;
        const word = path.split("/").at(-1)!;
        if (path.includes("/enrolments/") && !(word in bodies)) return JSON.stringify(reason);
        const body = path.includes("/enrolments/") && word === "complete" ? reason : bodies[word];
        return body === undefined ? undefined : JSON.stringify(body);
      },
    });
    equal(tried, 71);
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
