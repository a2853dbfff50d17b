/** Whole sagas, with participants that do, refuse, hang, come through after all, and remember keys. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read, transaction } from "@praxis/shared/postgres";
import { silent } from "@praxis/shared/telemetry";
import { asService } from "@praxis/shared/testing";
import { after, afterEach, before, beforeEach, describe, it } from "@std/testing/bdd";
import { z } from "zod";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { type Command, defineSaga, type Outcome, type SagaDetail } from "./model.ts";
import { type Runner, startRunner } from "./runner.ts";
import * as store from "./store.ts";

const call = (path: string): Command => ({ service: "clinic", method: "POST", path });

/** The original design's own shape. */
const bookVisit = defineSaga({
  name: "book-visit",
  version: 1,
  title: "Reserve a slot, take the payment, create the visit",
  permission: "appointments:write",
  services: ["practice"],
  input: z.strictObject({ patient: z.string() }),
  deadlineSeconds: 600,
  steps: [
    {
      name: "reserve",
      class: "compensatable",
      forward: () => call("/reserve"),
      compensate: () => call("/release"),
    },
    { name: "pay", class: "pivot", forward: () => call("/pay") },
    {
      name: "create",
      class: "retryable",
      forward: ({ results }) => ({ ...call("/create"), body: results.reserve }),
    },
  ],
});

/** Two things that can be undone, so that the order of undoing can be seen. */
const twoRooms = defineSaga({
  ...bookVisit,
  name: "two-rooms",
  services: [],
  steps: [
    {
      ...bookVisit.steps[0]!,
      name: "first",
      forward: () => call("/first"),
      compensate: () => call("/undo-first"),
    },
    {
      ...bookVisit.steps[0]!,
      name: "second",
      forward: () => call("/second"),
      compensate: () => call("/undo-second"),
    },
    { name: "send", class: "irreversible", forward: () => call("/send") },
  ],
});

type Heard = { path: string; key: string; body: unknown };

describe("sagas", () => {
  let t: TestWorkflow;
  let runner: Runner;
  let heard: Heard[];
  let answers: Record<string, (n: number) => Outcome | Promise<Outcome>>;
  const organizationId = newId();
  const userId = newId();
  before(async () => {
    t = await openWorkflow({ sagas: [bookVisit, twoRooms] });
  });
  after(() => t[Symbol.asyncDispose]());

  const startRunnerHere = () =>
    startRunner({
      sql: t.deps.sql,
      ask: async ({ path, body }, { key }) => {
        heard.push({ path, key, body });
        const times = heard.filter((one) => one.path === path).length;
        return await (answers[path]?.(times) ?? { kind: "done", result: { by: path } });
      },
      definitions: t.deps.sagas,
      now: t.deps.now,
      log: silent,
      isLooking: false,
    });
  beforeEach(() => {
    heard = [];
    answers = {};
    runner = startRunnerHere();
  });
  afterEach(async () => {
    await runner.stop();
    // What a test leaves under way is nobody else's.
    await t.service.owner`
      update sagas set state = 'abandoned', ended_at = now()
      where state in ('running', 'compensating', 'stuck')`;
  });

  const api = () => t.as(userId, organizationId);
  async function start(name = "book-visit", key?: string): Promise<string> {
    const response = await api()("POST", "/api/workflow/sagas", {
      body: { name, input: { patient: "p" } },
      ...(key === undefined ? {} : { headers: { "idempotency-key": key } }),
    });
    equal(response.status, 202);
    return (await response.json()).id;
  }
  async function look(id: string): Promise<SagaDetail> {
    const response = await api()("GET", `/api/workflow/sagas/${id}`);
    equal(response.status, 200);
    return await response.json();
  }
  const paths = () => heard.map(({ path }) => path);
  const statesOf = (saga: SagaDetail) => saga.steps.map(({ state }) => state);
  /** Lets time pass until nothing waits for another try. */
  async function drain(): Promise<void> {
    for (let rounds = 0; rounds < 30; rounds++) {
      await t.service.owner`update sagas set due_at = now() where leased_until is null`;
      await runner.drain();
    }
  }
  /** As if the worker had been killed in the midst of what it does. */
  const loseWorker = () =>
    t.service.owner`update sagas set leased_until = now() - interval '1 second'
                    where leased_until is not null`;
  const refuse = (): Outcome => ({ kind: "refused", reason: "clinic answered 409" });
  const unclear = (): Outcome => ({ kind: "unclear", reason: "clinic did not answer in time" });

  it("reserve → pay → create: each step once, in order, with its own key", async () => {
    const id = await start();
    await runner.drain();
    const saga = await look(id);
    equal(saga.state, "completed");
    deepEqual(statesOf(saga), ["done", "done", "done"]);
    deepEqual(paths(), ["/reserve", "/pay", "/create"]);
    deepEqual(heard.map(({ key }) => key), [
      `${id}:reserve:forward`,
      `${id}:pay:forward`,
      `${id}:create:forward`,
    ]);
    deepEqual(heard[2]!.body, { by: "/reserve" }, "a step sees what earlier ones answered");
    deepEqual(saga.history.map(({ step, event }) => [step, event]), [
      [null, "started"],
      ["reserve", "done"],
      ["pay", "done"],
      ["create", "done"],
      [null, "completed"],
    ]);
    const audit = await t.service.owner`
      select action from audit_events where subject_id = ${id} order by seq`;
    deepEqual(audit.map(({ action }) => action), ["saga.started", "saga.completed", "saga.read"]);
    const [fact] = await t.service.owner`select event from outbox_events where aggregate = ${id}`;
    deepEqual(fact!.event.data, { sagaId: id, name: "book-visit", state: "completed" });
    equal(fact!.event.requestid, saga.requestId);
  });

  it("reserve → pay → create: payment fails → released", async () => {
    answers["/pay"] = refuse;
    const id = await start();
    await runner.drain();
    const saga = await look(id);
    equal(saga.state, "compensated");
    equal(saga.reason, "pay: clinic answered 409");
    deepEqual(paths(), ["/reserve", "/pay", "/release"]);
    equal(heard[2]!.key, `${id}:reserve:comp`);
    deepEqual(statesOf(saga), ["undone", "refused", "waiting"]);
  });

  it("undoes newest first, and also a step of which nobody knows whether it happened", async () => {
    answers["/second"] = unclear;
    const id = await start("two-rooms");
    await drain();
    const saga = await look(id);
    equal(saga.state, "compensated");
    deepEqual(new Set(paths()), new Set(["/first", "/second", "/undo-second", "/undo-first"]));
    deepEqual(paths().slice(-2), ["/undo-second", "/undo-first"]);
    const keys = heard.filter(({ path }) => path === "/second").map(({ key }) => key);
    equal(new Set(keys).size, 1, "every try has the same key");
  });

  it("retries what comes after the pivot for as long as it takes", async () => {
    answers["/create"] = (n) => n < 12 ? unclear() : { kind: "done", result: null };
    const id = await start();
    await drain();
    equal((await look(id)).state, "completed");
    equal(paths().filter((path) => path === "/create").length, 12);
    ok(!paths().includes("/release"));
  });

  it("never guesses about what cannot be undone: it is stuck until a person says", async () => {
    answers["/send"] = unclear;
    const id = await start("two-rooms");
    await drain();
    equal((await look(id)).state, "running");
    await t.service.owner`
      update sagas set deadline_at = now() - interval '1 second' where id = ${id}`;
    await drain();
    const saga = await look(id);
    equal(saga.state, "stuck");
    equal(saga.reason, "send: nobody knows whether it has happened");
    ok(!paths().includes("/undo-first"));
    const skipped = await api()("POST", `/api/workflow/sagas/${id}/skip`, {
      body: { evidence: "The letter is at the patient's: I called." },
    });
    equal(skipped.status, 200);
    await runner.drain();
    const after = await look(id);
    equal(after.state, "completed");
    const entry = after.history.find(({ event }) => event === "skip")!;
    deepEqual([entry.step, entry.detail, entry.actorId], [
      "send",
      "The letter is at the patient's: I called.",
      userId,
    ]);
    const [audit] = await t.service.owner`
      select actor_id, details from audit_events
      where subject_id = ${id} and action = 'saga.step_skipped'`;
    equal(audit!.actorId, userId);
  });

  it("undoes the rest when one undo is refused, and says what is left", async () => {
    answers["/send"] = refuse;
    answers["/undo-second"] = refuse;
    const id = await start("two-rooms");
    await drain();
    const saga = await look(id);
    equal(saga.state, "stuck");
    equal(saga.reason, "not undone: second");
    deepEqual(statesOf(saga), ["undone", "undo_failed", "refused"]);
    answers["/undo-second"] = () => ({ kind: "done", result: null });
    const body = { evidence: "The room is free again." };
    equal((await api()("POST", `/api/workflow/sagas/${id}/retry`, { body })).status, 200);
    await drain();
    equal((await look(id)).state, "compensated");
  });

  it("takes a 404 to an undo for: there is nothing to undo", async () => {
    answers["/pay"] = refuse;
    answers["/release"] = () => ({ kind: "refused", reason: "clinic answered 404: Nothing here" });
    const id = await start();
    await drain();
    equal((await look(id)).state, "compensated");
  });

  it("a worker that dies is no failed attempt, and the step is asked again with its key", async () => {
    const isAsked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Outcome>();
    answers["/pay"] = (n) => {
      if (n > 1) return { kind: "done", result: null };
      isAsked.resolve();
      return answer.promise;
    };
    const id = await start();
    const working = runner.drain();
    await isAsked.promise;
    await loseWorker();
    const other = startRunnerHere();
    await other.drain();
    equal((await look(id)).state, "completed");
    // The one that was thought dead comes back, and finds that it is no longer its saga.
    answer.resolve(refuse());
    await working;
    await other.stop();
    const saga = await look(id);
    equal(saga.state, "completed");
    const pay = saga.steps[1]!;
    deepEqual([pay.attempts, pay.crashes], [0, 1]);
    deepEqual(paths(), ["/reserve", "/pay", "/pay", "/create"]);
    equal(new Set(heard.filter(({ path }) => path === "/pay").map(({ key }) => key)).size, 1);
    ok(saga.history.some(({ event }) => event === "worker lost"));
  });

  it("a step that kills every worker is set aside, and the others go on", async () => {
    const id = await start();
    for (let crash = 0; crash < 7; crash++) {
      await t.service.owner`
        update sagas set leased_until = now() - interval '1 second' where id = ${id}`;
      await t.service.owner`
        update saga_steps set state = 'running' where saga_id = ${id} and position = 0`;
      const [held] = await transaction(t.deps.sql, "system", (tx) => store.claim(tx, 1, 10));
      if (!held) break;
      equal(held.wasLost, true);
      await t.service
        .owner`update saga_steps set crashes = ${crash} where saga_id = ${id} and position = 0`;
      await loseWorker();
    }
    const healthy = await start();
    await runner.drain();
    equal((await look(id)).state, "stuck");
    equal((await look(healthy)).state, "completed");
  });

  it("turns back at its deadline", async () => {
    answers["/reserve"] = unclear;
    const id = await start();
    await runner.drain();
    await t.service.owner`
      update sagas set deadline_at = now() - interval '1 second' where id = ${id}`;
    await drain();
    const saga = await look(id);
    equal(saga.state, "compensated");
    equal(saga.reason, "the deadline has passed");
    deepEqual(statesOf(saga), ["undone", "waiting", "waiting"]);
  });

  it("is turned back by an operator in the midst of a step", async () => {
    const isAsked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Outcome>();
    answers["/reserve"] = () => {
      isAsked.resolve();
      return answer.promise;
    };
    const id = await start();
    const working = runner.drain();
    await isAsked.promise;
    const body = { evidence: "The patient has called off." };
    equal((await api()("POST", `/api/workflow/sagas/${id}/abort`, { body })).status, 200);
    answer.resolve({ kind: "done", result: null });
    await working;
    await drain();
    equal((await look(id)).state, "compensated");
    deepEqual(paths(), ["/reserve", "/release"]);
    equal((await api()("POST", `/api/workflow/sagas/${id}/abort`, { body })).status, 409);
  });

  it("is started once per key, and refused with what it cannot begin with", async () => {
    const key = newId();
    const [one, two] = [await start("book-visit", key), await start("book-visit", key)];
    equal(one, two);
    const refusalOf = async (body: unknown, headers = {}, permissions?: never[]) => {
      const response = await t.app.request("/api/workflow/sagas", {
        method: "POST",
        body: JSON.stringify(body),
        headers: {
          ...t.service.headersOf({
            userId,
            organizationId,
            ...(permissions ? { permissions } : {}),
          }),
          "content-type": "application/json",
          ...headers,
        },
      });
      return `${response.status} ${(await response.json()).type}`;
    };
    const input = { patient: "p" };
    equal(
      await refusalOf({ name: "book-visit", input: { patient: "q" } }, { "idempotency-key": key }),
      "422 /problems/idempotency-mismatch",
    );
    equal(await refusalOf({ name: "no-such", input }), "404 /problems/saga-unknown");
    equal(
      await refusalOf({ name: "book-visit", input: { patient: 7 } }),
      "422 /problems/invalid-request",
    );
    equal(
      await refusalOf({ name: "book-visit", input: { patient: "x".repeat(20_000) } }),
      "422 /problems/invalid-request",
    );
    equal(
      await refusalOf({ name: "book-visit", input }, {}, ["workflows:start"] as never),
      "403 /problems/not-permitted",
    );
  });

  it("is started by a service that may, which names the organization and a key", async () => {
    const tell = (headers: Record<string, string>, name = "book-visit") =>
      t.app.request("/internal/sagas", {
        method: "POST",
        body: JSON.stringify({
          name,
          input: { patient: "p" },
          organizationId,
          requestId: "request-of-the-click",
        }),
        headers: {
          authorization: "Bearer service-practice",
          "content-type": "application/json",
          ...headers,
        },
      });
    equal((await tell({})).status, 422);
    const key = { "idempotency-key": newId() };
    equal((await tell({ ...key, ...asService("content") })).status, 403);
    equal((await tell(key, "two-rooms")).status, 403, "no service may start this one");
    const response = await tell({ "idempotency-key": newId() });
    equal(response.status, 202);
    const { id } = await response.json();
    await runner.drain();
    const saga = await look(id);
    deepEqual(saga.startedBy, { kind: "service", id: "practice" });
    equal(saga.requestId, "request-of-the-click");
    equal(saga.state, "completed");
  });

  it("is followed as it happens, from where the reader was", async () => {
    const id = await start();
    const path = `/api/workflow/sagas/${id}/progress`;
    const following = api()("GET", path).then((response) => response.text());
    await runner.drain();
    const text = await following;
    deepEqual([...text.matchAll(/^event: (\w+)$/gm)].map(([, event]) => event), [
      ...Array(5).fill("history"),
      "state",
    ]);
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => seq!);
    const rest = await (await api()("GET", path, { headers: { "last-event-id": ids[2]! } })).text();
    deepEqual([...rest.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => seq), ids.slice(3));
    equal((await api()("GET", `/api/workflow/sagas/${newId()}/progress`)).status, 404);
    const looks = await t.service.owner`
      select 1 from audit_events where action = 'saga.followed' and subject_id = ${id}`;
    equal(looks.length, 2, "each is recorded");
  });

  it("is listed by state and name", async () => {
    answers["/pay"] = refuse;
    const id = await start();
    await runner.drain();
    const query = "state=compensated&name=book-visit&limit=1";
    const page = await (await api()("GET", `/api/workflow/sagas?${query}`)).json();
    deepEqual(page.items.map((saga: { id: string }) => saga.id), [id]);
  });

  it("is seen and changed within its organization only", async () => {
    const id = await start();
    const rival = { organizationId: newId() };
    const { sql } = t.deps;
    for (const table of ["sagas", "saga_steps", "saga_history"]) {
      const rows = await read(sql, rival, (tx) => tx`select 1 from ${sql(table)}`);
      equal(rows.length, 0, table);
    }
    const { count } = await transaction(
      sql,
      rival,
      (tx) => tx`update sagas set state = 'completed', ended_at = now() where id = ${id}`,
    );
    equal(count, 0);
    const scope = { organizationId };
    await rejects(transaction(sql, scope, (tx) => tx`delete from saga_history`), { code: "42501" });
    await rejects(
      transaction(sql, scope, (tx) => tx`update saga_history set detail = 'x'`),
      { code: "42501" },
    );
  });
});
