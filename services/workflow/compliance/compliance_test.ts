/** Protocols approved, runs held against them as they go, findings excused: through HTTP. */
import { deepEqual, equal, match } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { permissions } from "@praxis/shared/auth";
import { read, transaction } from "@praxis/shared/postgres";
import { after, before as beforeAll, beforeEach, describe, it } from "@std/testing/bdd";
import { stringify } from "yaml";
import { type Caller, NOON, openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";
import { startWatch, type Watch } from "./compliance.ts";
import { before, insertTraces } from "./fixtures.ts";

const BASE = "/api/workflow/compliance";
const MINUTE_MS = 60_000;
const KEY = "result-follow-up";

const follows = {
  key: "calls-are-made",
  title: "Critical results are called through",
  definition: KEY,
  constraints: [{
    name: "called within the hour",
    template: "existence",
    activity: "call",
    withinMinutes: 60,
    severity: "high",
  }],
};

describe("compliance", () => {
  let t: TestWorkflow;
  let watch: Watch;
  beforeAll(async () => {
    t = await openWorkflow();
    watch = startWatch({ sql: t.deps.sql, now: t.deps.now, log: t.deps.log, isLooking: false });
  });
  after(async () => {
    await watch.stop();
    await t[Symbol.asyncDispose]();
  });

  let organizationId: string;
  let author: Caller;
  let approver: Caller;
  const approverId = newId();
  beforeEach(() => {
    organizationId = newId();
    author = t.as(newId(), organizationId);
    approver = t.as(approverId, organizationId);
  });

  // deno-lint-ignore no-explicit-any
  async function bodyOf(response: Promise<Response>, status: number): Promise<any> {
    const answered = await response;
    const body = await answered.json();
    equal(answered.status, status, JSON.stringify(body));
    return body;
  }

  async function activate(protocol: { key: string } = follows): Promise<number> {
    const draft = await bodyOf(author("POST", `${BASE}/protocols`, { body: protocol }), 201);
    const { version, sha256 } = draft;
    const path = `${BASE}/protocols/${protocol.key}/versions/${version}`;
    await bodyOf(author("POST", `${path}/submit`), 200);
    await bodyOf(approver("POST", `${path}/approve`, { body: { sha256 } }), 200);
    return version;
  }

  /** A run that waits for somebody to call. */
  async function startRun(): Promise<string> {
    const source = stringify({
      document: { dsl: "1.0.3", namespace: "clinic", name: KEY, version: "1.0.0" },
      evaluate: { language: "cel" },
      do: [
        { call: { call: "clinic.humanTask", with: { title: "Call", due: { hours: 1 } } } },
        { file: { call: "clinic.humanTask", with: { title: "File", due: { hours: 9 } } } },
      ],
    });
    const definitions = "/api/workflow/definitions";
    const path = `${definitions}/${KEY}/versions/1`;
    const draft = await author("POST", definitions, { body: { source } });
    if (draft.status === 201) {
      await publishVersion([author, approver], path);
    }
    const body = { key: KEY, input: { patientId: newId() } };
    const run = await bodyOf(author("POST", "/api/workflow/runs", { body }), 202);
    await t.runner.drain();
    return run.id;
  }
  async function completeTask(call: Caller, runId: string): Promise<void> {
    const open = `/api/workflow/tasks?runId=${runId}&state=open`;
    const { items: [task] } = await bodyOf(author("GET", open), 200);
    await bodyOf(call("POST", `/api/workflow/tasks/${task.id}/complete`, { body: {} }), 200);
    await t.runner.drain();
  }
  const findings = async (query = "") =>
    (await bodyOf(author("GET", `${BASE}/findings${query}`), 200)).items;

  it("is written by one and approved by another, and does not change meanwhile (25)", async () => {
    const draft = await bodyOf(author("POST", `${BASE}/protocols`, { body: follows }), 201);
    equal(draft.version, 1);
    equal(draft.constraints[0].withinMinutes, 60);
    const path = `${BASE}/protocols/${follows.key}/versions/1`;
    const approval = { body: { sha256: draft.sha256 } };
    await bodyOf(approver("POST", `${path}/approve`, approval), 409);
    await bodyOf(author("POST", `${path}/submit`), 200);
    await bodyOf(author("POST", `${path}/approve`, approval), 403);
    const other = { body: { sha256: "0".repeat(64) } };
    await bodyOf(approver("POST", `${path}/approve`, other), 412);
    await bodyOf(author("POST", `${BASE}/protocols`, { body: follows }), 409);
    const approved = await bodyOf(approver("POST", `${path}/approve`, approval), 200);
    deepEqual([approved.state, approved.approvedSha256], ["active", draft.sha256]);
    await bodyOf(approver("POST", `${path}/approve`, approval), 409);
    const rows = await transaction(t.deps.sql, { organizationId }, (tx) =>
      tx`
        insert into protocol_constraints (id, organization_id, protocol_id, position, name,
                                          template, activity, severity)
        values (${newId()}, ${organizationId}, ${draft.id}, 9, 'x', 'init', 'a', 'low')`)
      .then(() => "changed", (error) => error.message);
    match(rows, /handed in/);
    equal(await activate(), 2);
    const { items } = await bodyOf(author("GET", `${BASE}/protocols`), 200);
    deepEqual(items.map((one: { state: string }) => one.state), ["active", "retired"]);
    await bodyOf(approver("POST", `${BASE}/protocols/${follows.key}/versions/2/retire`), 200);
  });

  it("refuses what makes no sense, with the place", async () => {
    const [good] = follows.constraints;
    const constraints: Record<string, unknown>[][] = [
      [],
      [{ ...good, template: "sometimes" }],
      [{ ...good, target: "b" }],
      [{ ...good, template: "response" }],
      [{ ...good, template: "response", target: "call" }],
      [{ ...good, template: "init" }],
      [{ ...good, withinMinutes: 0 }],
      [{ ...good, withinMinutes: 1e9 }],
      [{ ...good, withinMinutes: undefined, calendar: "location" }],
      [{ ...good, template: "precedence", target: "b", calendar: "location" }],
      [{ ...good, when: [{ path: ["a"], operator: "gt" }] }],
      [{ ...good, when: [{ path: ["a"], operator: "in", value: 3 }] }],
      [{ ...good, when: [{ path: [], operator: "exists" }] }],
      [{ ...good, when: [{ path: ["a\0"], operator: "exists" }] }],
      [{ ...good, activity: "a\0b" }],
      [good!, good!],
    ];
    for (const one of constraints) {
      const body = { ...follows, constraints: one };
      const problem = await bodyOf(author("POST", `${BASE}/protocols`, { body }), 422);
      match(problem.errors[0].pointer, /^\/constraints/, JSON.stringify(one));
    }
    const counted = { ...follows, key: "by-hours", constraints: [{ ...good, calendar: "unkept" }] };
    await bodyOf(author("POST", `${BASE}/protocols`, { body: counted }), 201);
    const path = `${BASE}/protocols/by-hours/versions/1/submit`;
    const unkept = await bodyOf(author("POST", path), 422);
    equal(unkept.errors[0].pointer, "/constraints/0/calendar");
    const hours = {
      timeZone: "Europe/Berlin",
      hours: { mon: [["08:00", "18:00"]] },
      holidays: [],
    };
    await bodyOf(author("PUT", "/api/workflow/calendars?name=unkept", { body: hours }), 200);
    await bodyOf(author("POST", path), 200);
    const bad = ["limit=0", "state=lost", "runId=7", "cursor=x", "isAtRisk=maybe"];
    for (const query of bad) await bodyOf(author("GET", `${BASE}/findings?${query}`), 422);
    await activate();
    const check = `${BASE}/protocols/${follows.key}/versions/1/check`;
    await bodyOf(author("GET", check), 422);
    await bodyOf(author("GET", `${check}?runId=${newId()}`), 404);
    const tomorrow = new Date(NOON.getTime() + 86_400_000 * 9).toISOString();
    await bodyOf(author("GET", `${check}?patientId=${newId()}&asOf=${tomorrow}`), 422);
    const unknown = check.replace("/1/", "/x/");
    await bodyOf(author("GET", `${unknown}?patientId=${newId()}`), 404);
  });

  it("warns, finds what is late, and keeps every verdict when care is told late (27)", async () => {
    await activate();
    const runId = await startRun();
    const begunAt = t.deps.now();
    await watch.look();
    deepEqual(await findings(), []);
    t.pass(48 * MINUTE_MS);
    await watch.look();
    const [warned] = await findings();
    deepEqual([warned.state, warned.isAtRisk, warned.runId], ["pending", true, runId]);
    t.pass(12 * MINUTE_MS);
    await watch.look();
    equal((await findings())[0].state, "pending");
    t.pass(1);
    await watch.look();
    const violatedAt = t.deps.now();
    const [violated] = await findings("?state=violated&severity=high");
    deepEqual([violated.why, violated.dueAt], [
      "missing",
      new Date(begunAt.getTime() + 60 * MINUTE_MS).toISOString(),
    ]);
    const events = await t.service.owner`
      select event from outbox_events
      where organization_id = ${organizationId} and event ->> 'type' = 'compliance.violated'`;
    deepEqual(events.map(({ event }) => event.data.findingId), [violated.id]);

    t.pass(30 * MINUTE_MS);
    const nurse = t.as(newId(), organizationId);
    await completeTask(nurse, runId);
    await watch.look();
    const [late] = await findings();
    deepEqual([late.id, late.state, late.why], [violated.id, "violated", "late"]);

    // It had been done in time; the clinic hears of it by and by.
    t.pass(MINUTE_MS);
    const { items: log } = await bodyOf(author("GET", `${BASE}/runs/${runId}/log`), 200);
    const done = new Date(begunAt.getTime() + 40 * MINUTE_MS).toISOString();
    const body = { activity: "call", at: done, corrects: log[0].id };
    const tell = `${BASE}/runs/${runId}/care-events`;
    await bodyOf(author("POST", tell, { body }), 201);
    await bodyOf(author("POST", tell, { body }), 409);
    await watch.look();
    const path = `${BASE}/findings/${violated.id}`;
    const settled = await bodyOf(author("GET", path), 200);
    deepEqual([settled.state, settled.targetAt], ["satisfied", done]);
    deepEqual(settled.history.map((one: { state: string; why: string }) => [one.state, one.why]), [
      ["pending", "waiting"],
      ["violated", "missing"],
      ["violated", "late"],
      ["satisfied", "fulfilled"],
    ]);

    const check = `${BASE}/protocols/${follows.key}/versions/1/check?runId=${runId}`;
    const whyAsOf = async (asOf: Date) => {
      const query = `${check}&asOf=${asOf.toISOString()}`;
      return (await bodyOf(author("GET", query), 200)).items[0].why;
    };
    equal(await whyAsOf(begunAt), "waiting");
    equal(await whyAsOf(violatedAt), "missing");
    equal(await whyAsOf(new Date(violatedAt.getTime() + 30 * MINUTE_MS)), "late");
    equal(await whyAsOf(t.deps.now()), "fulfilled");

    const retraction = { activity: "call", at: done, isRetraction: true };
    await bodyOf(author("POST", tell, { body: retraction }), 422);
    const { items: [, correction] } = await bodyOf(author("GET", `${BASE}/runs/${runId}/log`), 200)
      .then(({ items }) => ({
        items: items.toSorted((a: { source: string }) => a.source === "told" ? 1 : -1),
      }));
    const taken = { ...retraction, corrects: correction.id };
    await bodyOf(author("POST", tell, { body: taken }), 201);
    await watch.look();
    equal((await bodyOf(author("GET", path), 200)).why, "missing");
    const future = { activity: "call", at: new Date(t.deps.now().getTime() + 1).toISOString() };
    await bodyOf(author("POST", tell, { body: future }), 422);
  });

  it("is excused by somebody else, with a reason, for as long as it stays so", async () => {
    await activate();
    const runId = await startRun();
    t.pass(90 * MINUTE_MS);
    await watch.look();
    const [{ id }] = await findings();
    const path = `${BASE}/findings/${id}/excuse`;
    await bodyOf(approver("POST", path, { body: { reason: " " } }), 422);
    const reason = "The patient was in theatre.";
    const excused = await bodyOf(approver("POST", path, { body: { reason } }), 200);
    deepEqual([excused.state, excused.excuse.by, excused.excuse.reason], [
      "excused",
      approverId,
      reason,
    ]);
    await bodyOf(approver("POST", path, { body: { reason } }), 409);
    const report = `${BASE}/protocols/${follows.key}/versions/1/report`;
    const counts = async () => (await bodyOf(author("GET", report), 200)).constraints[0];
    deepEqual([(await counts()).excused, (await counts()).rate], [1, 1]);
    await bodyOf(
      author("POST", `${BASE}/runs/${runId}/care-events`, {
        body: { activity: "elsewhere", at: t.deps.now().toISOString() },
      }),
      201,
    );
    await watch.look();
    equal((await findings())[0].state, "excused");
    // Late is another thing than missing: the excuse was not for that.
    const nurse = t.as(newId(), organizationId);
    await completeTask(nurse, runId);
    await watch.look();
    const [late] = await findings();
    deepEqual([late.state, late.why, late.excuse], ["violated", "late", null]);
    deepEqual([(await counts()).violated, (await counts()).rate], [1, 0]);
    await bodyOf(nurse("POST", path, { body: { reason } }), 403);
    const actions = await t.service.owner`
      select action from audit_events where organization_id = ${organizationId}
        and action like 'finding.%' order by action`;
    deepEqual(actions.map(({ action }) => action), [
      "finding.excused",
      "finding.violated",
      "finding.violated",
    ]);
  });

  it("looks at what was there before the protocol, and at no shadows", async () => {
    const [open, over] = await insertTraces(t.deps.sql, organizationId, KEY, [
      { begunAt: before(200), endedAt: null, events: [] },
      { begunAt: before(200), endedAt: before(1), events: [] },
    ]);
    await activate();
    await watch.look();
    const found = await findings();
    deepEqual(found.map((one: { runId: string }) => one.runId), [open]);
    const report = `${BASE}/protocols/${follows.key}/versions/1/report`;
    const counted = await bodyOf(author("GET", report), 200);
    deepEqual([counted.runs, counted.constraints[0].violated], [2, 2]);
    equal(typeof over, "string");
  });

  it("finds once what several look at, and waits for nothing once a protocol is retired", async () => {
    await activate();
    const runId = await startRun();
    t.pass(50 * MINUTE_MS);
    const others = Array.from({ length: 3 }, () => {
      const { sql, now, log } = t.deps;
      return startWatch({ sql, now, log, isLooking: false });
    });
    await Promise.all([watch, ...others].map((one) => one.look()));
    await Promise.all(others.map((one) => one.stop()));
    const [{ id }, ...more] = await findings();
    deepEqual(more, []);
    await bodyOf(approver("POST", `${BASE}/protocols/${follows.key}/versions/1/retire`), 200);
    const found = await bodyOf(author("GET", `${BASE}/findings/${id}`), 200);
    deepEqual([found.runId, found.state, found.why], [runId, "not_applicable", "retired"]);
    equal(found.history.length, 2);
    t.pass(50 * MINUTE_MS);
    await watch.look();
    equal((await findings())[0].state, "not_applicable");
    const left = await t.service.owner`
      select run_id from compliance_watch where organization_id = ${organizationId}`;
    deepEqual([...left], []);
  });

  it("says how a run went beside its definition", async () => {
    const runId = await startRun();
    t.pass(61 * MINUTE_MS);
    await completeTask(author, runId);
    await bodyOf(
      author("POST", `${BASE}/runs/${runId}/care-events`, {
        body: { activity: "second opinion", at: t.deps.now().toISOString() },
      }),
      201,
    );
    const told = await bodyOf(author("GET", `${BASE}/runs/${runId}/conformance`), 200);
    deepEqual(
      told.deviations.map((one: { kind: string; activity: string }) => [one.kind, one.activity]),
      [["late", "call"], ["added", "second opinion"]],
    );
    equal(told.steps, 3);
    const { runs, suppressedCells } = await bodyOf(
      author("GET", `${BASE}/conformance?key=${KEY}`),
      200,
    );
    deepEqual([runs, suppressedCells], [0, 1]);
  });

  it("belongs to its organization, whatever a query forgets (24)", async () => {
    await activate();
    await startRun();
    t.pass(90 * MINUTE_MS);
    await watch.look();
    equal((await findings()).length, 1);
    const rival = { organizationId: newId() };
    const seen = await read(t.deps.sql, rival, async (tx) => [
      ...await tx`select id from protocols`,
      ...await tx`select id from protocol_constraints`,
      ...await tx`select id from compliance_findings`,
      ...await tx`select seq from compliance_verdicts`,
      ...await tx`select run_id from compliance_watch`,
      ...await tx`select id from care_events`,
      ...await tx`select event_id from activity_log`,
    ]);
    deepEqual(seen, []);
    const stranger = t.as(newId(), rival.organizationId);
    deepEqual((await bodyOf(stranger("GET", `${BASE}/findings`), 200)).items, []);
    const others = permissions.filter((name) => name !== "compliance:approve");
    const headers = t.service.headersOf({ organizationId, permissions: others });
    const [{ id }] = await findings();
    const excuse = await t.app.request(`${BASE}/findings/${id}/excuse`, {
      method: "POST",
      body: JSON.stringify({ reason: "because" }),
      headers: { "content-type": "application/json", ...headers },
    });
    equal(excuse.status, 403);
    await excuse.body?.cancel();
  });
});
