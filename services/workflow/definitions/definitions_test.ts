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
    const { sha256 } = first.definition;
    const approval = { body: { sha256 } };
    await statusOf(ben("POST", `${path}/approve`, approval), 409);
    await statusOf(ada("POST", `${path}/submit`), 200);
    await statusOf(ada("POST", BASE, draft), 409);
    equal(
      (await statusOf(ada("POST", `${path}/approve`, approval), 403)).type,
      "/problems/own-definition",
    );
    const approved = await statusOf(ben("POST", `${path}/approve`, approval), 200);
    deepEqual([approved.state, approved.approvedSha256], ["active", sha256]);
    await statusOf(ben("POST", `${path}/approve`, approval), 409);
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

  it("are approved as they were read; what is changed afterwards has no approval", async () => {
    const organizationId = newId();
    const [ada, ben] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const path = `${BASE}/letters/versions/1`;
    const write = async (x: number) => {
      const body = { source: source(`[{ a: { set: { x: ${x} } } }]`) };
      const { definition } = await statusOf(ada("POST", BASE, { body }), 201);
      await statusOf(ada("POST", `${path}/submit`), 200);
      return { body: { sha256: definition.sha256 } };
    };
    const read = await write(1);
    // Between reading and approving, it is taken back, changed and handed in again.
    await statusOf(ben("POST", `${path}/retire`), 200);
    const now = await write(2);
    const refused = await statusOf(ben("POST", `${path}/approve`, read), 412);
    equal(refused.type, "/problems/content-changed");
    await statusOf(ben("POST", `${path}/approve`, { body: {} }), 422);
    // Whoever goes round the platform, in the database, changes what no approval names.
    const { owner } = t.service;
    const alter = (what: string) =>
      owner.unsafe(`
        alter table definitions disable trigger keep_definition;
        update definitions set ${what} where organization_id = '${organizationId}';
        alter table definitions enable trigger keep_definition`);
    const smuggled = `document = jsonb_set(document, '{do,0,a,set,x}', '3')`;
    await alter(smuggled);
    await statusOf(ben("POST", `${path}/approve`, now), 412);
    await alter(`document = jsonb_set(document, '{do,0,a,set,x}', '2')`);
    await statusOf(ben("POST", `${path}/approve`, now), 200);
    await rejects(alter("sha256 = 'other'"), /definitions_approved_content/);
    await owner.unsafe("alter table definitions enable trigger keep_definition");
    await alter(smuggled);
    const run = { body: { key: "letters", input: {} } };
    const stopped = await statusOf(ada("POST", "/api/workflow/runs", run), 409);
    equal(stopped.type, "/problems/approval-void");
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
