/** Maps, variants and times beside a plain reading of the same log, and what is never shown. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { permissions } from "@praxis/shared/auth";
import { read } from "@praxis/shared/postgres";
import { after, before as beforeAll, describe, it } from "@std/testing/bdd";
import { before, insertTraces, randomOf, type Trace } from "../compliance/fixtures.ts";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { mapOfLog } from "./analytics.ts";
import { readXes } from "./logs.ts";

const BASE = "/api/workflow/analytics";
const MINUTE_MS = 60_000;

/** Cases by letters, a minute from one to the next, the n-th case n days before noon. */
const tracesOf = (paths: readonly string[]): Trace[] =>
  paths.map((path, n) => {
    const start = (n + 1) * 1_440;
    return {
      begunAt: before(start),
      endedAt: before(start - path.length),
      events: [...path].map((activity, at) => ({
        activity,
        begunAt: before(start - at),
        at: before(start - at - 1),
      })),
    };
  });

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

describe("analytics", () => {
  let t: TestWorkflow;
  beforeAll(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  // deno-lint-ignore no-explicit-any
  async function ask(organizationId: string, query: string, status = 200): Promise<any> {
    const answered = await t.as(newId(), organizationId)("GET", `${BASE}/${query}`);
    const body = await answered.json();
    equal(answered.status, status, JSON.stringify(body));
    return body;
  }
  async function clinicWith(paths: readonly string[]) {
    const organizationId = newId();
    await insertTraces(t.deps.sql, organizationId, "k", tracesOf(paths));
    return organizationId;
  }

  it("draws every edge as often as a plain reading of the log finds it", async () => {
    const random = randomOf(3);
    const paths = Array.from(
      { length: 200 },
      () =>
        Array.from({ length: 1 + Math.floor(random() * 9) }, () => "abcd"[Math.floor(random() * 4)])
          .join(""),
    );
    const counted = new Map<string, number>();
    for (const path of paths) {
      for (let at = 1; at < path.length; at++) {
        const edge = path[at - 1]! + path[at]!;
        counted.set(edge, (counted.get(edge) ?? 0) + 1);
      }
    }
    const map = await ask(await clinicWith(paths), "process-map?key=k");
    const edges = map.edges.map((one: { from: string; to: string; count: number }) =>
      [one.from + one.to, one.count] as const
    );
    deepEqual(new Map(edges.toSorted()), new Map([...counted].toSorted()));
    equal(map.cases, 200);
    equal(map.events, paths.join("").length);
    const a = map.activities.find((one: { activity: string }) => one.activity === "a");
    equal(a.starts, paths.filter((path) => path.startsWith("a")).length);
    equal(a.ends, paths.filter((path) => path.endsWith("a")).length);
    equal(a.cases, paths.filter((path) => path.includes("a")).length);
    deepEqual([a.medianMs, a.p90Ms, map.ties], [MINUTE_MS, MINUTE_MS, 0]);
  });

  it("draws logs from elsewhere by the same query, and counts ties", async () => {
    const at = (minute: number) => before(100 - minute).toISOString();
    const map = await mapOfLog(t.deps.sql, [
      { caseId: "1", activity: "a", at: at(0) },
      { caseId: "2", activity: "a", at: at(1) },
      { caseId: "1", activity: "b", at: at(10) },
      { caseId: "1", activity: "c", at: at(10) },
      { caseId: "2", activity: "b", at: at(5) },
    ]);
    deepEqual(map.edges.map(({ from, to, count, medianMs }) => [from, to, count, medianMs]), [
      ["a", "b", 2, 7 * MINUTE_MS],
      ["b", "c", 1, 0],
    ]);
    deepEqual([map.cases, map.events, map.ties], [2, 5, 1]);
    deepEqual((await mapOfLog(t.deps.sql, [])).edges, []);
  });

  it("says nothing of fewer than five cases", async () => {
    const few = await clinicWith(times(4, "ab"));
    const nothing = { cases: 0, events: 0, ties: 0, activities: [], edges: [] };
    deepEqual(await ask(few, "process-map?key=k"), {
      ...nothing,
      suppressed: { activities: 2, edges: 1 },
    });
    deepEqual(await ask(few, "variants?key=k"), { cases: 0, items: [], suppressed: 1 });
    const most = await clinicWith([...times(6, "ab"), ...times(4, "cb")]);
    const map = await ask(most, "process-map?key=k");
    deepEqual(map.edges.map((one: { from: string }) => one.from), ["a"]);
    deepEqual(map.suppressed, { activities: 1, edges: 1 });
    const found = await ask(most, "variants?key=k");
    deepEqual(found.items, [{
      activities: ["a", "b"],
      length: 2,
      cases: 6,
      share: 0.6,
      medianMs: MINUTE_MS,
      p90Ms: MINUTE_MS,
    }]);
    equal(found.suppressed, 1);
  });

  it("finds the bottleneck, its share and its trend", async () => {
    const organizationId = newId();
    const slow = (n: number, waitMinutes: number): Trace => ({
      begunAt: before(10_000 - n),
      endedAt: null,
      events: [
        { activity: "order", at: before(9_000 - n) },
        { activity: "sample", at: before(8_990 - n) },
        { activity: "result", at: before(8_990 - waitMinutes - n) },
      ],
    });
    const traces = [...Array(20).keys()].map((n) => slow(n, n < 10 ? 100 : 200));
    await insertTraces(t.deps.sql, organizationId, "k", traces);
    const { items: [first, second] } = await ask(organizationId, "bottlenecks?key=k");
    deepEqual([first.from, first.to, first.medianMs, first.count, first.trend], [
      "sample",
      "result",
      150 * MINUTE_MS,
      20,
      2,
    ]);
    equal(first.totalMs, 3_000 * MINUTE_MS);
    equal(first.share, 3_000 / 3_200);
    equal(second.from, "order");
  });

  it("tells rework, cycle times and drift", async () => {
    const organizationId = await clinicWith([...times(10, "abc"), ...times(5, "abbcb")]);
    const rework = await ask(organizationId, "rework?key=k");
    deepEqual(rework.items, [
      { activity: "b", cases: 15, repeatedCases: 5, repeats: 10, directRepeats: 5 },
    ]);
    equal(rework.firstTimeRight, 10 / 15);
    const cycle = await ask(organizationId, "cycle-times?key=k&by=month");
    const [month] = cycle.items;
    deepEqual([month.on, month.begun, month.medianMs], ["2025-12-01", 11, 3 * MINUTE_MS]);
    equal(cycle.suppressed, 1);
    const drifted = await clinicWith([...times(30, "abc"), ...times(15, "abbcb")]);
    const split = before(30.5 * 1_440).toISOString();
    const drift = await ask(drifted, `drift?key=k&split=${split}`);
    deepEqual([drift.casesBefore, drift.casesAfter, drift.degreesOfFreedom], [15, 30, 1]);
    deepEqual(drift.items.map((one: { shareAfter: number }) => one.shareAfter).sort(), [0, 1]);
    // Nothing that is in one period is in the other: as different as 45 cases can be.
    ok(Math.abs(drift.chiSquare - 45) < 1e-9, String(drift.chiSquare));
  });

  it("takes only what is asked for: definition, version, period, and the last word", async () => {
    const organizationId = newId();
    const traces = tracesOf(times(12, "ab")).map((one, n) => ({ ...one, version: n < 6 ? 1 : 2 }));
    const [firstRun] = await insertTraces(t.deps.sql, organizationId, "k", traces);
    await insertTraces(t.deps.sql, organizationId, "other", tracesOf(times(7, "xy")));
    const cases = async (query: string) =>
      (await ask(organizationId, `process-map?${query}`)).cases;
    deepEqual(
      await Promise.all(["key=k", "key=k&version=1", "key=other", "key=nobody"].map(cases)),
      [12, 6, 7, 0],
    );
    equal(await cases(`key=k&from=${before(5 * 1_440).toISOString()}`), 5);
    equal(await cases(`key=k&to=${before(5 * 1_440).toISOString()}`), 7);
    const call = t.as(newId(), organizationId);
    const path = `/api/workflow/compliance/runs/${firstRun}`;
    const { items: log } = await (await call("GET", `${path}/log`)).json();
    const body = { activity: "b", at: before(10_000).toISOString(), corrects: log[1].id };
    equal((await call("POST", `${path}/care-events`, { body })).status, 201);
    const map = await ask(organizationId, "process-map?key=k");
    // In that case b was before a: one edge less, and the other way round is too rare to be told.
    deepEqual(map.edges.map((one: { count: number }) => one.count), [11]);
    deepEqual([map.events, map.suppressed.edges], [24, 1]);
  });

  it("tells of people's tasks by role, and by person only those who may", async () => {
    const organizationId = newId();
    const person = newId();
    for (let n = 0; n < 6; n++) {
      const task = await t.openTask({ organizationId });
      const call = t.as(person, organizationId);
      const path = `/api/workflow/tasks/${task.id}`;
      equal((await call("POST", `${path}/claim`)).status, 200);
      if (n < 5) equal((await call("POST", `${path}/complete`, { body: {} })).status, 200);
    }
    const load = await ask(organizationId, "workload");
    deepEqual([load.items[0].role, load.items[0].completed, load.items[0].open], [null, 5, 1]);
    deepEqual(load.hours, [{ weekday: 1, hour: 12, completed: 5 }]);
    const sla = await ask(organizationId, "sla");
    deepEqual([sla.items[0].activity, sla.items[0].onTime, sla.items[0].onTimeShare], [
      "document",
      5,
      1,
    ]);
    const staff = await ask(organizationId, "staff-workload");
    deepEqual([staff.items[0].userId, staff.items[0].completed, staff.items[0].open], [
      person,
      5,
      1,
    ]);
    const others = permissions.filter((name) => name !== "analytics:staff");
    const headers = t.service.headersOf({ organizationId, permissions: others });
    const refused = await t.app.request(`${BASE}/staff-workload`, { headers });
    equal(refused.status, 403);
    await refused.body?.cancel();
    const [seen] = await t.service.owner`
      select count(*)::int as count from audit_events
      where organization_id = ${organizationId} and action = 'analytics.staff_read'`;
    equal(seen!.count, 1);
  });

  it("writes a log that reads as the same map, without a name or a formula", async () => {
    const formula = '=HYPERLINK("http://x","<&>")';
    const organizationId = newId();
    const traces = tracesOf([...times(6, "ab"), "xb"]).map((one) => ({
      ...one,
      events: one.events.map((event) => ({
        ...event,
        activity: event.activity === "b" ? formula : event.activity,
      })),
    }));
    const ids = await insertTraces(t.deps.sql, organizationId, "k", traces);
    const call = t.as(newId(), organizationId);
    const xes = await call("GET", `${BASE}/export?key=k&format=xes`);
    match(xes.headers.get("content-type")!, /xml/);
    const text = await xes.text();
    const map = await mapOfLog(t.deps.sql, readXes(text));
    deepEqual(map.edges.map(({ from, to, count }) => [from, to, count]), [
      ["a", formula, 6],
      ["(rare)", formula, 1],
    ]);
    for (const id of ids) ok(!text.includes(id));
    const csv = await call("GET", `${BASE}/export?key=k&format=csv`);
    const lines = (await csv.text()).split("\r\n");
    equal(lines.length, 16);
    ok(
      lines.some((line) => line.includes(`,"'=HYPERLINK(""http://x"",""<&>"")",`)),
      lines[2] ?? "",
    );
    ok(lines.every((line) => !/(^|,)"?=/.test(line)));
    const few = await clinicWith(times(4, "ab"));
    const empty = await t.as(newId(), few)("GET", `${BASE}/export?key=k&format=csv`);
    equal((await empty.text()).trim().split("\r\n").length, 1);
  });

  it("refuses what it cannot answer", async () => {
    const organizationId = newId();
    const bad = [
      "process-map",
      "process-map?key=a/b",
      "process-map?key=k&version=0",
      "process-map?key=k&from=yesterday",
      "process-map?key=k&organizationId=x",
      "variants?key=",
      "cycle-times?by=year",
      "drift?key=k",
      "drift?key=k&split=2026-01-01T00:00:00Z&from=2026-02-01T00:00:00Z",
      "export?key=k&format=xlsx",
    ];
    for (const query of bad) await ask(organizationId, query, 422);
  });

  it("belongs to its organization, whatever a query forgets (24)", async () => {
    const ours = await clinicWith(times(6, "ab"));
    const theirs = newId();
    equal((await ask(theirs, "process-map?key=k")).cases, 0);
    deepEqual((await ask(theirs, "cycle-times")).items, []);
    const rows = await read(
      t.deps.sql,
      { organizationId: theirs },
      (tx) => tx`select event_id from activity_log where organization_id = ${ours}`,
    );
    deepEqual([...rows], []);
  });
});
