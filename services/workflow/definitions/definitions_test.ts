/** The life of a definition. Failure test 25 as far as it is about definitions. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { transaction } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { differencesOf } from "./model.ts";

const BASE = "/api/workflow/definitions";
const source = (tasks: string) =>
  [
    "document: { dsl: '1.0.3', namespace: clinic, name: letters, version: '1.0.0' }",
    "evaluate: { language: cel }",
    `do: ${tasks}`,
  ].join("\n");

describe("definitions", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  const statusOf = async (response: Promise<Response>, status: number) => {
    const answered = await response;
    const body = await answered.json();
    equal(answered.status, status, JSON.stringify(body));
    return body;
  };

  it("are approved by a second person, and never change once handed in", async () => {
    const organizationId = newId();
    const [ada, ben] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const draft = { body: { source: source("[{ a: { set: { x: 1 } } }]") } };
    const path = `${BASE}/letters/versions/1`;
    const first = await statusOf(ada("POST", BASE, draft), 201);
    // The order of keys is no difference.
    const again = await statusOf(ada("POST", BASE, draft), 201);
    equal(again.definition.sha256, first.definition.sha256);
    await statusOf(ben("POST", `${path}/approve`, { body: {} }), 409);
    await statusOf(ada("POST", `${path}/submit`), 200);
    await statusOf(ada("POST", BASE, draft), 409);
    equal(
      (await statusOf(ada("POST", `${path}/approve`, { body: {} }), 403)).type,
      "/problems/own-definition",
    );
    equal((await statusOf(ben("POST", `${path}/approve`, { body: {} }), 200)).state, "active");
    await statusOf(ben("POST", `${path}/approve`, { body: {} }), 409);
    await rejects(
      transaction(
        t.deps.sql,
        { organizationId },
        (tx) =>
          tx`update definitions set title = 'other' where organization_id = ${organizationId}`,
      ),
      /does not change/,
    );
    const more = {
      body: { source: source("[{ a: { set: { x: 2 } } }, { b: { set: { y: 1 } } }]") },
    };
    await statusOf(ada("POST", BASE, more), 201);
    const { items } = await statusOf(ada("GET", `${BASE}/letters/versions/2/diff`), 200);
    deepEqual(items, [
      { pointer: "/do/a/set/x", change: "changed", before: 1, after: 2 },
      { pointer: "/do/b", change: "added", after: { set: { y: 1 } } },
    ]);
  });

  it("are handed in only when nothing is wrong, and every place is named", async () => {
    const ada = t.as(newId(), newId());
    const bad = { body: { source: source("[{ a: { call: nothing.known } }]") } };
    const draft = await statusOf(ada("POST", BASE, bad), 201);
    equal(draft.findings[0].rule, "unknown-function");
    const refused = await statusOf(ada("POST", `${BASE}/letters/versions/1/submit`), 422);
    equal(refused.errors[0].pointer, "/do/0/a/call");
    equal(
      (await statusOf(ada("POST", `${BASE}/validate`, { body: { source: "do: [" } }), 200)).ok,
      false,
    );
  });

  it("differ by their tasks, whatever stands before them", () => {
    const before = { do: [{ a: { set: 1 } }, { b: { set: 2 } }] };
    const after = { do: [{ c: { set: 3 } }, { a: { set: 1 } }, { b: { set: 2 } }] };
    deepEqual(differencesOf(before, after), [{
      pointer: "/do/c",
      change: "added",
      after: { set: 3 },
    }]);
    const swapped = { do: [{ b: { set: 2 } }, { a: { set: 1 } }] };
    deepEqual(differencesOf(before, swapped).map(({ pointer }) => pointer), ["/do"]);
  });
});
