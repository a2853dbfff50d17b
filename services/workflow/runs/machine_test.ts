/** The language as it runs, step by step, with a clock that is moved by hand. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { stringify } from "yaml";
import { z } from "zod";
import { weekdaysEightToSix } from "../calendars/model.ts";
import {
  catalogue,
  compile,
  createSandbox,
  type Json,
  parseDefinition,
  type Sandbox,
} from "../language/language.ts";
import { createMachine } from "./machine.ts";
import type { Effect, Run, Signal, Step } from "./state.ts";

const functions = [
  ...catalogue,
  ...["act", "undo"].map((name) => ({
    name: `test.${name}`,
    title: name,
    permission: "workflows:author" as const,
    input: z.record(z.string(), z.unknown()),
    request: (body: unknown) => ({ service: name, method: "POST" as const, path: "/", body }),
  })),
];

describe("the machine", () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = createSandbox({ limitMs: 20_000 });
  });
  after(() => sandbox.close());

  /** Starts a definition of these tasks, and plays the part of the world. */
  async function start(tasks: unknown, input: Json = {}, more: Record<string, unknown> = {}) {
    const parsed = parseDefinition(stringify({
      document: { dsl: "1.0.3", namespace: "test", name: "test", version: "1.0.0" },
      evaluate: { language: "cel" },
      do: tasks,
      ...more,
    }));
    if (!("document" in parsed)) throw new Error(JSON.stringify(parsed.findings));
    let time = Date.parse("2026-01-05T12:00:00Z");
    const asked: { key: string; body: Json }[] = [];
    let answer: (service: string, body: Json) => Parameters<typeof machine.settle>[1] = (
      _,
      body,
    ) => ({
      kind: "done",
      result: body,
    });
    const run: Run = {
      id: newId(),
      organizationId: newId(),
      definitionId: newId(),
      key: "test",
      version: 1,
      status: "running",
      state: {
        input,
        context: {},
        outputs: {},
        visits: {},
        undo: [],
        isPastPivot: false,
        consumed: [],
      },
      output: null,
      reason: null,
      subject: null,
      patientId: null,
      isShadow: false,
      startedBy: { kind: "user", id: newId() },
      requestId: "test",
      depth: 0,
      createdAt: new Date(time),
      revision: 0,
    };
    const steps: Step[] = [];
    const effects: Effect[] = [];
    const events: string[] = [];
    const machine = createMachine({
      program: compile(parsed.document),
      run,
      steps,
      functions,
      evaluate: sandbox.evaluate,
      calendarOf: () => Promise.resolve(weekdaysEightToSix),
      membersOf: () => Promise.resolve([]),
      authorId: null,
      now: () => new Date(time),
      newId,
    });
    const names = new Map<string, Step>();
    const collect = () => {
      const taken = machine.take();
      effects.push(...taken.effects);
      for (const step of taken.steps) names.set(step.node.split("/").at(-1)!, step);
      for (const { node, event } of taken.history) {
        events.push(`${node?.split("/").at(-1) ?? "run"} ${event}`);
      }
    };
    const go = async () => {
      for (let at = 0; at < 1_000; at++) {
        collect();
        const [step] = machine.ready();
        if (!step) break;
        const ask = await machine.work(step);
        step.isBegun = true;
        if (!ask) continue;
        const { service, body } = ask.request;
        asked.push({ key: service, body: body as Json });
        await machine.settle(step, answer(service, body as Json));
      }
      collect();
    };
    const of = (name: string) => names.get(name)!;
    await machine.begin();
    await go();
    return {
      run,
      events,
      effects,
      asked,
      of,
      go,
      machine,
      answer: (next: typeof answer) => void (answer = next),
      async wake(name: string, ...signals: Signal[]) {
        await machine.wake(of(name), signals);
        await go();
      },
      async pass(ms: number) {
        time += ms;
        for (const step of [...machine.live.values()]) {
          if (step.state === "waiting" && step.dueAt && step.dueAt.getTime() <= time) {
            await machine.wake(step, []);
          }
        }
        await go();
      },
    };
  }

  it("sets, switches, leaves and ends", async () => {
    const tasks = [
      { first: { set: { n: "${ input.n * 2 }" } } },
      {
        route: {
          switch: [
            { big: { when: "${ first.n > 10 }", then: "large" } },
            { other: { then: "small" } },
          ],
        },
      },
      { small: { set: { size: "small" }, then: "end" } },
      { large: { set: { size: "large", was: "${ data.n }" } } },
    ];
    deepEqual((await start(tasks, { n: 2 })).run.output, { size: "small" });
    const large = await start(tasks, { n: 7 });
    deepEqual([large.run.status, large.run.output], ["completed", { size: "large", was: 14 }]);
  });

  it("passes over what has no reason to be done, and shapes what goes in and out", async () => {
    const { run, events } = await start(
      [
        { never: { if: "${ false }", set: { x: 1 } } },
        {
          shaped: {
            input: { from: "${ data.deep }" },
            set: { seen: "${ data }" },
            output: { as: "${ output.seen }" },
            export: { as: { kept: "${ output }" } },
          },
        },
      ],
      { deep: [1, 2] },
      { output: { as: "${ context.kept }" } },
    );
    deepEqual(run.output, [1, 2]);
    ok(events.includes("never skipped"));
  });

  it("goes round lists, as long as it should", async () => {
    const { run } = await start([
      { none: { set: { sum: 0 } } },
      {
        all: {
          for: { each: "n", in: "${ input.numbers }", at: "i" },
          while: "${ n < 4 }",
          do: [{ add: { set: { sum: "${ data.sum + n * (i + 1) }" } } }],
        },
      },
    ], { numbers: [1, 2, 3, 4, 5] });
    deepEqual(run.output, { sum: 1 + 4 + 9 });
  });

  it("forks and joins: all, any, n; the losers are cancelled (28)", async () => {
    const branches = ["a", "b", "c"].map((name) => ({
      [name]: { listen: { to: { one: { with: { type: "clinic.x", subject: name } } } } },
    }));
    const heard = (name: string): Signal => ({
      id: newId(),
      kind: "event",
      payload: { filter: 0, event: { type: "clinic.x", data: name } },
    });
    const all = await start([{ split: { fork: { branches } } }]);
    for (const name of ["b", "c"]) await all.wake(name, heard(name));
    equal(all.run.status, "running");
    await all.wake("a", heard("a"));
    deepEqual(all.run.output, [["a"], ["b"], ["c"]]);
    const any = await start([{ split: { fork: { compete: true, branches } } }]);
    await any.wake("c", heard("c"));
    deepEqual([any.run.output, any.of("a").state, any.of("b").state], [
      ["c"],
      "cancelled",
      "cancelled",
    ]);
    const two = await start([{ split: { fork: { branches }, metadata: { join: 2 } } }]);
    for (const name of ["c", "a"]) await two.wake(name, heard(name));
    deepEqual([two.run.output, two.of("b").state], [[["a"], ["c"]], "cancelled"]);
    equal(two.events.filter((one) => one === "split done").length, 1);
  });

  it("catches errors by their kind, tries again with a pause, and gives up", async () => {
    const tasks = [{
      careful: {
        try: [{ risky: { call: "test.act", with: {} } }],
        catch: {
          errors: { with: { status: 409 } },
          as: "wrong",
          retry: { delay: { seconds: 3 }, limit: { attempt: { count: 2 } } },
          do: [{ told: { set: { why: "${ wrong.detail }" } } }],
        },
      },
    }];
    const run = await start(tasks);
    equal(run.run.status, "completed");
    const failing = await start([{ first: { wait: { seconds: 1 } } }, ...tasks]);
    failing.answer(() => ({ kind: "refused", reason: "taken" }));
    await failing.pass(1_000);
    for (const ms of [2_999, 1, 3_000]) await failing.pass(ms);
    deepEqual(failing.run.output, { why: "taken" });
    equal(failing.asked.length, 3);
    const raised = await start([{
      careful: {
        try: [{
          bad: { raise: { error: { type: "https://example.org/mine", status: 418, title: "No" } } },
        }],
        catch: { errors: { with: { status: 409 } } },
      },
    }]);
    deepEqual([raised.run.status, raised.of("bad").state], ["failed", "failed"]);
    match(raised.run.reason!, /bad: No/);
  });

  it("waits, by the clock and by the clinic's hours, and marks what is late (6)", async () => {
    const { run, pass, events } = await start([
      { pause: { wait: { hours: 1 } } },
      // Monday one o'clock is open until six.
      { open: { wait: { hours: 6 }, metadata: { businessHours: true } } },
      { old: { wait: { minutes: 1 }, metadata: { late: { fireWithin: { minutes: 5 } } } } },
    ]);
    await pass(3_599_999);
    ok(!events.includes("pause done"));
    await pass(1);
    await pass(5 * 3_600_000);
    ok(!events.includes("open done"));
    await pass(15 * 3_600_000);
    ok(events.includes("open done"));
    await pass(3_600_000);
    deepEqual(run.output, { skipped: true, lateMs: 3_540_000 });
  });

  it("ends a task whose time is over, with everything inside", async () => {
    const { run, pass, of } = await start([{
      careful: {
        try: [{
          inner: {
            do: [{ forever: { wait: { days: 9 } } }],
            timeout: { after: { minutes: 1 } },
          },
        }],
        catch: { as: "e", do: [{ told: { set: { status: "${ e.status }" } } }] },
      },
    }]);
    await pass(60_000);
    deepEqual([run.output, of("forever").state], [{ status: 408 }, "cancelled"]);
  });

  it("asks a person once per level, however late (6), and takes the answer", async () => {
    const { run, effects, wake, pass } = await start([{
      ask: {
        call: "clinic.humanTask",
        with: {
          title: "Call",
          due: "PT1H",
          candidateRoles: ["nurses"],
          escalate: [
            { after: "PT30M", to: ["seniors"] },
            { after: "PT2H", to: ["head"], severity: "high" },
          ],
        },
      },
    }]);
    equal(effects.filter(({ kind }) => kind === "open-task").length, 1);
    await pass(5 * 3_600_000);
    const levels = effects.flatMap((one) => one.kind === "escalate-task" ? [one.level] : []);
    deepEqual(levels, [2]);
    await wake("ask", { id: newId(), kind: "task", payload: { outcome: "called" } });
    deepEqual(run.output, { outcome: "called" });
  });

  it("undoes what was done, newest first, the others also when one cannot be (7, 8)", async () => {
    const act = (name: string) => ({
      [name]: {
        call: "test.act",
        with: { name },
        metadata: { class: "compensatable", compensate: { call: "test.undo", with: { name } } },
      },
    });
    const tasks = [{ pause: { wait: { seconds: 1 } } }, act("a"), act("b"), {
      c: { call: "test.act", with: { name: "c" } },
    }];
    const failing = await start(tasks);
    failing.answer((service, body) =>
      service === "act" && (body as { name: string }).name === "c"
        ? { kind: "refused", reason: "no" }
        : { kind: "done", result: body }
    );
    await failing.pass(1_000);
    deepEqual(failing.asked.map(({ key, body }) => `${key} ${(body as { name: string }).name}`), [
      "act a",
      "act b",
      "act c",
      "undo b",
      "undo a",
    ]);
    equal(failing.run.status, "compensated");
    const stuck = await start(tasks);
    stuck.answer((service, body) => {
      const { name } = body as { name: string };
      const isBad = name === "c" || (service === "undo" && name === "b");
      return isBad ? { kind: "refused", reason: "no" } : { kind: "done", result: body };
    });
    await stuck.pass(1_000);
    equal(stuck.run.status, "compensation_failed");
    equal(stuck.asked.at(-1)!.key, "undo");
    deepEqual(stuck.asked.at(-1)!.body, { name: "a" });
  });

  it("does not undo past the point of no return: that is for a person", async () => {
    const failing = await start([
      { pause: { wait: { seconds: 1 } } },
      {
        a: {
          call: "test.act",
          metadata: { class: "compensatable", compensate: { call: "test.undo" } },
        },
      },
      { gone: { call: "test.act", metadata: { class: "irreversible" } } },
      { c: { call: "test.act", with: { bad: true } } },
    ]);
    failing.answer((_, body) =>
      (body as { bad?: boolean }).bad
        ? { kind: "refused", reason: "no" }
        : { kind: "done", result: 1 }
    );
    await failing.pass(1_000);
    equal(failing.run.status, "failed");
    failing.answer(() => ({ kind: "done", result: 2 }));
    ok(failing.machine.retry());
    await failing.go();
    deepEqual([failing.run.status, failing.run.output], ["completed", 2]);
  });

  it("stops a loop that its author has bounded, and a condition on null is no no (14)", async () => {
    const loop = await start([
      { again: { set: { x: 1 }, metadata: { maxVisits: 3 } } },
      { back: { switch: [{ always: { when: "${ true }", then: "again" } }] } },
    ]);
    equal(loop.run.status, "failed");
    match(loop.run.reason!, /too often/);
    const low = await start([{ low: { if: "${ input.systolic < 90 }", set: { x: 1 } } }], {
      systolic: null,
    });
    equal(low.run.status, "failed");
    equal(low.of("low").error!.status, 400);
  });

  it("cancels, with and without going back", async () => {
    const tasks = [
      {
        a: {
          call: "test.act",
          with: {},
          metadata: { class: "compensatable", compensate: { call: "test.undo" } },
        },
      },
      { pause: { wait: { days: 1 } } },
    ];
    const plain = await start(tasks);
    plain.machine.cancelRun("not needed", false);
    await plain.go();
    deepEqual([plain.run.status, plain.asked.length], ["cancelled", 1]);
    const undone = await start(tasks);
    undone.machine.cancelRun("not needed", true);
    await undone.go();
    deepEqual([undone.run.status, undone.asked.at(-1)!.key], ["cancelled", "undo"]);
  });
});
