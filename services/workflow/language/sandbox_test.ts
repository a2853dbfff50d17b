/** Expressions of a clinic: right, wrong, endless and greedy. Failure test 12 of the specification. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { createSandbox, type Sandbox } from "./sandbox.ts";

describe("the sandbox", () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = createSandbox();
  });
  after(() => sandbox.close());

  const one = async (expression: string, variables = {}) =>
    (await sandbox.evaluate([expression], variables))[0]!;

  it("evaluates CEL over JSON, with whole numbers as people write them", async () => {
    deepEqual(await one("data.age + 1 >= 18", { data: { age: 17 } }), { ok: true, value: true });
    deepEqual(await one("data.mmol * 2 + 0.5", { data: { mmol: 2 } }), { ok: true, value: 4.5 });
    deepEqual(await one("{'a': [data.x]}", { data: { x: null } }), {
      ok: true,
      value: { a: [null] },
    });
    deepEqual(await one("dec('0.1') + dec('0.2') == dec('0.3')"), { ok: true, value: true });
  });

  it("never takes null for a low value, nor an unknown name for anything", async () => {
    const low = await one("data.systolic < 90", { data: { systolic: null } });
    ok(!low.ok && low.kind === "expression");
    const missing = await one("data.systolic < 90", { data: {} });
    ok(!missing.ok);
    match(missing.reason, /No such key/);
    ok(!(await one("nobody.knows")).ok);
  });

  it("kills an exploding regular expression and still answers the others (12)", async () => {
    const bad = `'${"a".repeat(40)}!'.matches('^(a+)+$')`;
    const [first, second, third] = await sandbox.evaluate(["1 + 1", bad, "2 + 2"], {});
    deepEqual(first, { ok: true, value: 2 });
    ok(!second!.ok && second!.kind === "timeout");
    deepEqual(third, { ok: true, value: 4 });
  });

  it("kills nested loops over a large list, and a list that eats memory (12)", async () => {
    const list = Array.from({ length: 3_000 }, (_, n) => n);
    const loop = await one("ns.all(a, ns.all(b, ns.all(c, a + b + c >= 0)))", { ns: list });
    ok(!loop.ok && loop.kind === "timeout");
    const greedy = await one("ns.map(a, ns.map(b, ns.map(c, string(a + b + c))))", { ns: list });
    ok(!greedy.ok && greedy.kind === "timeout");
    deepEqual(await one("'still here'"), { ok: true, value: "still here" });
  });

  it("checks types and names without evaluating", async () => {
    const checked = await sandbox.check(
      ["input.age > 3", "input.age > 'x'", "input.agee > 3", "other", "steps"],
      [["input"], ["input"], ["input"], ["input"], ["steps"]],
      { input: { age: "int" } },
    );
    deepEqual(checked.map((result) => result.ok), [true, false, false, false, true]);
    equal(checked[0]!.ok && checked[0]!.type, "bool");
  });
});

describe("forms and inputs", () => {
  it("are checked by the clinic's own schema, within the same budget", async () => {
    const sandbox = createSandbox({ processes: 1 });
    const schema = {
      type: "object",
      required: ["class"],
      properties: { class: { enum: ["a", "b"] }, code: { pattern: "^(a+)+$" } },
    };
    deepEqual(await sandbox.validate(schema, { class: "a" }), []);
    equal((await sandbox.validate(schema, { class: "c" }))[0]!.pointer, "/class");
    const late = await sandbox.validate(schema, { class: "a", code: "a".repeat(40) + "!" });
    match(late[0]!.detail, /takes longer/);
    match((await sandbox.validate({ type: "nothing" }, 1))[0]!.detail, /schema/);
    deepEqual(await sandbox.validate(schema, { class: "b" }), []);
    await sandbox.close();
  });
});
