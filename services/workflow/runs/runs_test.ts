/** Definitions published, runs started, tasks worked, timers passed: through HTTP and the database. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { stringify } from "yaml";
import { z } from "zod";
import { catalogue } from "../language/language.ts";
import type { Command, Outcome } from "../sagas/model.ts";
import {
  type Caller,
  documentCreated,
  openWorkflow,
  publishVersion,
  type TestWorkflow,
} from "../testing.ts";

const BASE = "/api/workflow";
const HOUR_MS = 3_600_000;

const act = {
  name: "test.act",
  title: "Acts",
  permission: "workflows:author" as const,
  input: z.record(z.string(), z.unknown()),
  request: (body: unknown) => ({ service: "test", method: "POST" as const, path: "/", body }),
};

describe("runs", () => {
  let t: TestWorkflow;
  const keys: string[] = [];
  let answer = (_command: Command): Outcome => ({ kind: "done", result: { ok: true } });
  before(async () => {
    t = await openWorkflow({
      functions: [...catalogue, act],
      ask: (command, { key }) => {
        keys.push(key);
        return Promise.resolve(answer(command));
      },
    });
  });
  after(() => t[Symbol.asyncDispose]());

  const bodyOf = async (response: Promise<Response>, status: number) => {
    const answered = await response;
    const body = await answered.json();
    equal(answered.status, status, JSON.stringify(body));
    return body;
  };

  function clinic() {
    const organizationId = newId();
    const author = t.as(newId(), organizationId);
    const approver = t.as(newId(), organizationId);
    return {
      organizationId,
      call: author,
      approver,
      async publish(name: string, tasks: unknown, more: Record<string, unknown> = {}) {
        const source = stringify({
          document: { dsl: "1.0.3", namespace: "clinic", name, version: "1.0.0" },
          evaluate: { language: "cel" },
          ...more,
          do: tasks,
        });
        const draft = await bodyOf(
          author("POST", `${BASE}/definitions`, { body: { source } }),
          201,
        );
        const path = `${BASE}/definitions/${name}/versions/${draft.definition.version}`;
        return await publishVersion([author, approver], path);
      },
      async start(key: string, input: unknown = {}) {
        const run = await bodyOf(author("POST", `${BASE}/runs`, { body: { key, input } }), 202);
        await t.runner.drain();
        return run.id as string;
      },
      get: (id: string) => bodyOf(author("GET", `${BASE}/runs/${id}`), 200),
      tasks: async (call: Caller = author) =>
        (await bodyOf(call("GET", `${BASE}/tasks`), 200)).items,
    };
  }

  it("go through calls with stable keys, and remember what happened", async () => {
    const { publish, start, get, call } = clinic();
    await publish("calls", [
      { first: { call: "test.act", with: { n: "${ input.n }" } } },
      { second: { call: "test.act", with: { ok: "${ first.ok }" } } },
      { last: { set: { done: "${ second.ok }" } } },
    ]);
    keys.length = 0;
    const id = await start("calls", { n: 3 });
    const run = await get(id);
    deepEqual([run.status, run.output], ["completed", { done: true }]);
    deepEqual(keys, [`${id}:/do/0/first:1:forward`, `${id}:/do/1/second:1:forward`]);
    const history = await bodyOf(call("GET", `${BASE}/runs/${id}/history`), 200);
    deepEqual(history.items.map(({ event }: { event: string }) => event), [
      "started",
      "done",
      "done",
      "done",
      "completed",
    ]);
    const stream = await (await call("GET", `${BASE}/runs/${id}/progress`)).text();
    equal([...stream.matchAll(/^event: history$/gm)].length, 5);
    match(stream, /event: run\ndata: .*"status":"completed"/);
  });

  it("are started once per key, by an input that fits", async () => {
    const { publish, call } = clinic();
    await publish("fits", [{ one: { set: { x: 1 } } }], {
      input: {
        schema: {
          format: "json",
          document: { type: "object", required: ["n"], properties: { n: { type: "integer" } } },
        },
      },
    });
    const start = (input: unknown, key = "k") =>
      call("POST", `${BASE}/runs`, {
        body: { key: "fits", input },
        headers: { "idempotency-key": key },
      });
    const first = await bodyOf(start({ n: 1 }), 202);
    equal((await bodyOf(start({ n: 1 }), 202)).id, first.id);
    equal((await bodyOf(start({ n: 2 }), 422)).type, "/problems/idempotency-mismatch");
    const wrong = await bodyOf(start({ n: "x" }, "other"), 422);
    equal(wrong.errors[0].pointer, "/input/n");
    equal(
      (await bodyOf(call("POST", `${BASE}/runs`, { body: { key: "no", input: {} } }), 404)).type,
      "/problems/definition-not-found",
    );
  });

  it("ask people: pools, forms, outcomes, escalation; one answer counts (16)", async () => {
    const { publish, start, get, call, organizationId, tasks } = clinic();
    await publish("ask", [{
      ask: {
        call: "clinic.humanTask",
        with: {
          title: "Call the patient",
          due: "PT4H",
          candidateRoles: ["nurses"],
          outcomes: ["reached", "not-reached"],
          form: { type: "object", required: ["by"], properties: { by: { enum: ["phone"] } } },
          escalate: [{ after: "PT1H", to: ["heads"], severity: "high" }],
        },
      },
    }]);
    const [nurse, other] = [newId(), newId()];
    const put = (name: string, members: string[]) =>
      bodyOf(call("PUT", `${BASE}/task-pools?name=${name}`, { body: { members } }), 200);
    await put("nurses", [nurse]);
    const plain = (userId: string) => {
      const headers = t.service.headersOf({
        userId,
        organizationId,
        permissions: ["tasks:read", "tasks:work"],
      });
      const as: Caller = (method, path, { body } = {}) =>
        Promise.resolve(t.app.request(path, {
          method,
          headers: { ...headers, ...(body ? { "content-type": "application/json" } : {}) },
          ...(body ? { body: JSON.stringify(body) } : {}),
        }));
      return as;
    };
    const id = await start("ask");
    const [task] = await tasks(plain(nurse));
    deepEqual([task.title, task.runId, task.pools], ["Call the patient", id, ["nurses"]]);
    deepEqual(await tasks(plain(other)), []);
    const path = `${BASE}/tasks/${task.id}/complete`;
    equal((await plain(other)("POST", path, { body: { outcome: "reached" } })).status, 404);
    t.pass(2 * HOUR_MS);
    await t.runner.drain();
    const [escalated] = await tasks(plain(nurse));
    deepEqual([escalated.escalationLevel, escalated.priority, escalated.pools], [1, "high", [
      "heads",
      "nurses",
    ]]);
    const wrong = await bodyOf(
      plain(nurse)("POST", path, { body: { outcome: "reached", data: { by: "pigeon" } } }),
      422,
    );
    equal(wrong.errors[0].pointer, "/data/by");
    const right = { outcome: "reached", data: { by: "phone" } };
    equal((await plain(nurse)("POST", path, { body: { ...right, outcome: "x" } })).status, 422);
    const answers = await Promise.all(
      [1, 2].map(() => plain(nurse)("POST", path, { body: right })),
    );
    deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    await Promise.all(answers.map((one) => one.body?.cancel()));
    await t.runner.drain();
    const run = await get(id);
    deepEqual([run.status, run.output.outcome, run.output.completedBy], [
      "completed",
      "reached",
      nurse,
    ]);
  });

  it("let two pairs of eyes come to one outcome", async () => {
    const { publish, start, get, organizationId, tasks } = clinic();
    await publish("eyes", [{
      check: {
        call: "clinic.humanTask",
        with: { title: "Check", due: "PT4H", fourEyes: true, outcomes: ["yes", "no"] },
      },
    }]);
    const id = await start("eyes");
    const [task] = await tasks();
    const [ada, ben] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const path = `${BASE}/tasks/${task.id}`;
    const complete = (who: Caller, outcome: string, more = {}) =>
      who("POST", `${path}/complete`, { body: { outcome, ...more } });
    const first = complete(ada, "yes", { comment: "As I see it" });
    equal((await bodyOf(first, 200)).state, "open");
    const said = await bodyOf(ben("GET", `${path}/comments`), 200);
    deepEqual(said.items.map(({ text }: { text: string }) => text), ["As I see it"]);
    equal((await bodyOf(complete(ada, "yes"), 403)).type, "/problems/task-four-eyes");
    equal((await bodyOf(complete(ben, "no"), 200)).state, "open");
    equal((await bodyOf(complete(ada, "no"), 200)).state, "completed");
    await t.runner.drain();
    equal((await get(id)).output.outcome, "no");
  });

  it("let two pairs of eyes see the same data, not only the same outcome", async () => {
    const { publish, start, get, organizationId, tasks } = clinic();
    await publish("dose", [{
      check: {
        call: "clinic.humanTask",
        with: { title: "Dose", due: "PT4H", fourEyes: true, outcomes: ["give"] },
      },
    }]);
    const id = await start("dose");
    const [task] = await tasks();
    const [ada, ben] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const complete = (who: Caller, more: object, headers = {}) =>
      who("POST", `${BASE}/tasks/${task.id}/complete`, {
        body: { outcome: "give", ...more },
        headers,
      });
    const said = (ml: number) => ({ data: { ml, by: "mouth" } });
    equal((await bodyOf(complete(ada, said(5)), 200)).state, "open");
    const mended = await bodyOf(complete(ben, said(50)), 200);
    deepEqual([mended.state, mended.data], ["open", said(50).data]);
    equal((await bodyOf(complete(ada, {}), 428)).type, "/problems/task-unread");
    const read = { "if-match": `"${mended.version}"` };
    equal((await bodyOf(complete(ada, {}, read), 200)).state, "completed");
    await t.runner.drain();
    deepEqual((await get(id)).output.data, said(50).data);
  });

  it("begin with an event, hear others once, also those that came first (5)", async () => {
    const { publish, organizationId, call, get } = clinic();
    await publish("on-letter", [
      { later: { wait: { hours: 1 } } },
      {
        signed: {
          listen: {
            to: {
              one: {
                with: {
                  type: "document.version_added",
                  subject: "${ input.documentId }",
                  data: "${ data.version > 1 }",
                },
              },
            },
          },
        },
      },
    ], {
      schedule: {
        on: { one: { with: { type: "document.created", data: "${ data.kind == 'pdf' }" } } },
      },
    });
    const letter = documentCreated({ organizationId, patientId: newId() });
    const picture = documentCreated({ organizationId });
    (picture.data as { kind: string }).kind = "image";
    for (const event of [letter, picture, letter]) equal((await t.tell(event)).status, 204);
    await Promise.all([t.tell(letter), t.tell(letter)]);
    await t.runner.drain();
    const { items } = await bodyOf(call("GET", `${BASE}/runs?key=on-letter`), 200);
    equal(items.length, 1);
    const [run] = items;
    deepEqual(run.subject, { type: "document", id: letter.subject });
    const version = (n: number) => ({
      ...letter,
      id: newId(),
      type: "document.version_added",
      data: { documentId: letter.subject, version: n },
    });
    const early = version(2);
    for (const event of [version(1), early, early]) equal((await t.tell(event)).status, 204);
    await t.runner.drain();
    equal((await get(run.id)).status, "running");
    t.pass(HOUR_MS);
    await t.runner.drain();
    const ended = await get(run.id);
    deepEqual([ended.status, ended.output], ["completed", [{
      documentId: letter.subject,
      version: 2,
    }]]);
  });

  it("fire a timer once that came due while nobody worked, and say how late (6)", async () => {
    const { publish, start, get, call } = clinic();
    await publish("timer", [{ pause: { wait: { minutes: 5 } } }]);
    const id = await start("timer");
    t.pass(2 * HOUR_MS);
    await t.runner.drain();
    await t.runner.drain();
    equal((await get(id)).status, "completed");
    const { items } = await bodyOf(call("GET", `${BASE}/runs/${id}/history`), 200);
    const fired = items.filter(({ event }: { event: string }) => event === "fired");
    deepEqual(fired.map(({ lateMs }: { lateMs: number }) => lateMs), [2 * HOUR_MS - 300_000]);
  });

  it("stand still, go on, are tried again, skipped and ended by an operator", async () => {
    const { publish, start, get, call, tasks } = clinic();
    await publish("operated", [
      { wait: { wait: { minutes: 1 } } },
      { risky: { call: "test.act" } },
      { ask: { call: "clinic.humanTask", with: { title: "Look", due: "PT1H" } } },
    ]);
    const order = (id: string, what: string, body: object = {}) =>
      call("POST", `${BASE}/runs/${id}/${what}`, { body: { reason: "as agreed", ...body } });
    const id = await start("operated");
    equal((await bodyOf(order(id, "resume"), 409)).type, "/problems/run-state");
    await bodyOf(order(id, "suspend"), 200);
    t.pass(HOUR_MS);
    await t.runner.drain();
    equal((await get(id)).status, "suspended");
    answer = () => ({ kind: "refused", reason: "test answered 409" });
    await bodyOf(order(id, "resume"), 200);
    await t.runner.drain();
    equal((await get(id)).status, "failed");
    await bodyOf(order(id, "retry"), 200);
    await t.runner.drain();
    const failed = await get(id);
    match(failed.reason, /test answered 409/);
    const step = failed.steps.find(({ state }: { state: string }) => state === "failed");
    await bodyOf(order(id, "skip-step", { stepId: step.id, output: { by: "phone" } }), 200);
    await t.runner.drain();
    const [task] = await tasks();
    equal(task.title, "Look");
    await bodyOf(order(id, "cancel"), 200);
    equal((await get(id)).status, "cancelled");
    equal((await bodyOf(call("GET", `${BASE}/tasks/${task.id}`), 200)).state, "cancelled");
    equal((await bodyOf(order(id, "retry"), 409)).type, "/problems/run-state");
    answer = () => ({ kind: "done", result: { ok: true } });
  });

  it("keep their version; they move to another only as a whole and by a map (10)", async () => {
    const { publish, start, get, call } = clinic();
    await publish("moving", [{ old: { wait: { hours: 1 } } }]);
    const ids = [await start("moving"), await start("moving")];
    await publish("moving", [{ begin: { set: { x: 1 } } }, { fresh: { wait: { hours: 1 } } }]);
    const later = await start("moving");
    deepEqual([(await get(ids[0]!)).version, (await get(later)).version], [1, 2]);
    const asked = { key: "moving", from: 1, to: 2 };
    const path = `${BASE}/run-migrations`;
    const seen = await bodyOf(call("POST", `${path}/preview`, { body: asked }), 200);
    deepEqual([seen.runs, seen.missing], [2, [{ node: "/do/0/old", runs: 2 }]]);
    equal((await bodyOf(call("POST", path, { body: asked }), 422)).type, "/problems/migration-map");
    const map = { "/do/0/old": "/do/1/fresh" };
    await bodyOf(call("POST", path, { body: { ...asked, map } }), 202);
    await t.mover.look();
    t.pass(HOUR_MS);
    await t.runner.drain();
    const moved = await get(ids[0]!);
    deepEqual([moved.version, moved.status], [2, "completed"]);
  });

  it("run in the shadow without touching anything", async () => {
    const { publish, organizationId, call, tasks } = clinic();
    await publish("watched", [
      { act: { call: "test.act" } },
      { ask: { call: "clinic.humanTask", with: { title: "Would ask", due: "PT1H" } } },
    ], { schedule: { on: { one: { with: { type: "document.version_added" } } } } });
    await bodyOf(call("POST", `${BASE}/definitions/watched/versions/1/retire`), 200);
    // The same again, this time approved for the shadow.
    const { source } = await bodyOf(call("GET", `${BASE}/definitions/watched/versions/1`), 200);
    await bodyOf(call("POST", `${BASE}/definitions`, { body: { source } }), 201);
    const path = `${BASE}/definitions/watched/versions/2`;
    await publishVersion([call, t.as(newId(), organizationId)], path, "shadow");
    keys.length = 0;
    const event = { ...documentCreated({ organizationId }), type: "document.version_added" };
    equal((await t.tell(event)).status, 204);
    await t.runner.drain();
    const { items } = await bodyOf(call("GET", `${BASE}/runs?isShadow=true`), 200);
    deepEqual(items.map(({ status }: { status: string }) => status), ["completed"]);
    deepEqual([keys, await tasks()], [[], []]);
    const history = await bodyOf(call("GET", `${BASE}/runs/${items[0].id}/history`), 200);
    ok(history.items.some(({ event }: { event: string }) => event === "would open-task"));
  });

  it("wait for runs that they start, and are the first to hear of a circle", async () => {
    const { publish, start, get, call } = clinic();
    await publish("child", [{ answer: { set: { n: "${ input.n + 1 }" } } }]);
    await publish("parent", [{
      sub: {
        run: {
          workflow: { namespace: "clinic", name: "child", version: "latest", input: { n: 41 } },
        },
      },
    }]);
    deepEqual((await get(await start("parent"))).output, { n: 42 });
    await publish("circle", [{
      sub: { run: { workflow: { namespace: "clinic", name: "circle", version: "latest" } } },
    }]);
    await start("circle");
    const { items } = await bodyOf(call("GET", `${BASE}/runs?key=circle&limit=100`), 200);
    // The last one is for an operator; the others wait for it.
    const statuses = items.map(({ status }: { status: string }) => status);
    deepEqual([statuses[0], statuses.length], ["failed", 21]);
    match(items[0].reason, /too many levels/);
  });

  it("answer 404 to others, also where a query forgets whose rows it wants (24)", async () => {
    const { publish, start, organizationId } = clinic();
    await publish("private", [{ pause: { wait: { hours: 1 } } }]);
    const id = await start("private");
    const rival = clinic();
    equal((await rival.call("GET", `${BASE}/runs/${id}`)).status, 404);
    const { sql } = t.service.deps;
    const count = async (scope: Parameters<typeof read>[1], table: string) => {
      const rows = await read(sql, scope, (tx) => tx`select 1 from ${tx(table)}`);
      return rows.length;
    };
    for (const table of ["runs", "run_steps", "run_history", "definitions"]) {
      ok(await count({ organizationId }, table) > 0, table);
      equal(await count({ organizationId: newId() }, table), 0, table);
    }
  });
});
