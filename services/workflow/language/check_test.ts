/** What is refused before it can run, each with its place and its rule. Failure tests 11 and 13. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { stringify } from "yaml";
import {
  catalogue,
  checkDefinition,
  createSandbox,
  parseDefinition,
  type Sandbox,
} from "./language.ts";

describe("checks of a definition", () => {
  let sandbox: Sandbox;
  before(() => {
    sandbox = createSandbox({ limitMs: 20_000 });
  });
  after(() => sandbox.close());

  const sourceOf = (tasks: unknown, more: Record<string, unknown> = {}) =>
    stringify({
      document: { dsl: "1.0.3", namespace: "test", name: "test", version: "1.0.0" },
      evaluate: { language: "cel" },
      ...more,
      do: tasks,
    });

  /** `rule place` of everything that is an error. */
  async function rulesOf(tasks: unknown, more: Record<string, unknown> = {}): Promise<string[]> {
    const parsed = parseDefinition(sourceOf(tasks, more));
    if (!("document" in parsed)) return parsed.findings.map(({ rule }) => rule);
    const known = {
      functions: catalogue,
      events: ["document.created"],
      permissions: ["workflows:author", "tasks:assign"] as const,
    };
    const findings = await checkDefinition(parsed.document, known, sandbox);
    return findings.filter(({ severity }) => severity === "error")
      .map(({ rule, pointer }) => `${rule} ${pointer}`);
  }

  const set = (more = {}) => ({ set: { x: 1 }, ...more });

  it("nothing is wrong with what is right", async () => {
    deepEqual(await rulesOf([{ one: set() }, { two: { wait: { seconds: 1 } } }]), []);
  });

  it("loops without a bound, tasks that nothing leads to, ways that never end (11)", async () => {
    const back = (more = {}) => [
      { again: set(more) },
      {
        choose: {
          switch: [{ more: { when: "${ true }", then: "again" } }, { no: { then: "end" } }],
        },
      },
    ];
    deepEqual(await rulesOf(back()), ["unbounded-loop /do/1/choose"]);
    deepEqual(await rulesOf(back({ metadata: { maxVisits: 3 } })), []);
    deepEqual(await rulesOf([{ one: set({ then: "end" }) }, { two: set() }]), [
      "unreachable /do/1/two",
    ]);
    ok((await rulesOf([{ one: set({ then: "one" }) }])).includes("endless /do/0/one"));
    deepEqual(await rulesOf([{ one: set({ then: "nowhere" }) }]), [
      "unknown-target /do/0/one/then",
    ]);
  });

  it("people without a date, shells, addresses outside, rights that the author lacks (11)", async () => {
    deepEqual(await rulesOf([{ ask: { call: "clinic.humanTask", with: { title: "Call" } } }]), [
      "task-without-due /do/0/ask/with/due",
    ]);
    deepEqual(await rulesOf([{ out: { run: { shell: { command: "ls" } } } }]), [
      "unsupported /do/0/out/run",
    ]);
    const outside = { call: "http", with: { method: "get", endpoint: "http://169.254.169.254/" } };
    deepEqual(await rulesOf([{ out: outside }]), ["unknown-function /do/0/out/call"]);
    const saga = { call: "clinic.startSaga", with: { name: "x", input: {} } };
    deepEqual(await rulesOf([{ go: saga }]), ["author-rights /do/0/go/call"]);
    deepEqual(await rulesOf([{ one: set() }], { evaluate: { language: "jq" } }), [
      "language /evaluate/language",
    ]);
    const hear = { listen: { to: { one: { with: { type: "weather.changed" } } } } };
    deepEqual(await rulesOf([{ hear }]), ["unknown-event /do/0/hear/listen/to/one/with/type"]);
  });

  it("expressions that do not parse, know or fit", async () => {
    const input = {
      schema: {
        format: "json",
        document: { type: "object", properties: { age: { type: "integer" } } },
      },
    };
    const rules = (text: string) => rulesOf([{ one: set({ if: text }) }], { input });
    deepEqual(await rules("${ input.age > 3 }"), []);
    for (const text of ["${ input.age > 'x' }", "${ input.agee > 1 }", "${ 1 + }", "${ nobody }"]) {
      deepEqual(await rules(text), ["expression /do/0/one/if"], text);
    }
    deepEqual(await rules("${ 'text' }"), ["expression /do/0/one/if"]);
  });

  it("undos that come too late, joins that never fill", async () => {
    const note = (metadata: object) => ({ call: "clinic.note", with: { text: "x" }, metadata });
    const compensate = { call: "clinic.note" };
    deepEqual(
      await rulesOf([
        { gone: note({ class: "pivot" }) },
        { late: note({ class: "compensatable", compensate }) },
      ]),
      ["pivot-order /do/1/late"],
    );
    deepEqual(await rulesOf([{ one: note({ class: "compensatable" }) }]), [
      "no-undo /do/0/one/metadata",
    ]);
    const branches = [{ a: set() }, { b: set() }];
    deepEqual(await rulesOf([{ split: { fork: { branches }, metadata: { join: 3 } } }]), [
      "join /do/0/split/metadata/join",
    ]);
  });

  it("sources that are poison (13)", () => {
    const refused = (source: string, rule: string) => {
      const parsed = parseDefinition(source);
      equal("document" in parsed ? "taken" : parsed.findings[0]!.rule, rule, source.slice(0, 60));
    };
    refused("do: [1", "yaml");
    refused("a: 1\na: 2", "yaml");
    refused("a: &x [1]\nb: [*x, *x]", "yaml");
    refused("{".repeat(2_000), "yaml");
    refused("[".repeat(100) + "]".repeat(100), "too-deep");
    // Whoever gives up first, it is no crash and no definition.
    equal("document" in parseDefinition("[".repeat(5_000) + "]".repeat(5_000)), false);
    refused('{"__proto__": {"x": 1}}', "reserved-name");
    refused('{"a": "\\u0000"}', "text");
    refused('{"a": "\\ud800"}', "text");
    refused("a: .nan", "number");
    refused("a: 1", "schema");
    refused("x".repeat(300_000), "too-large");
    equal(({} as { x?: number }).x, undefined);
    // Tried as every kind at every level, this would take longer than anybody lives.
    let nested: unknown = { nothing: 1 };
    for (let level = 0; level < 18; level++) nested = { do: [{ a: nested }] };
    const bad = Array.from({ length: 200 }, (_, n) => ({ [`t${n}`]: { nothing: n } }));
    refused(JSON.stringify({ do: [...bad, { nested }] }), "schema");
  });
});
