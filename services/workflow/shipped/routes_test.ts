/** What comes with the product is listed, taken as a draft, and drawn. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { openWorkflow, publishVersion, type TestWorkflow } from "../testing.ts";

const BASE = "/api/workflow";
const SHIPPED = `${BASE}/shipped-definitions`;

describe("what comes with the product", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  type Graph = {
    nodes: { id: string; kind: string; state?: string | null; parent: string | null }[];
    edges: { from: string; to: string; kind: string; label: string | null }[];
  };

  it("is listed with what the clinic has of it, and installed as a draft", async () => {
    const organizationId = newId();
    const call = t.as(newId(), organizationId);
    const list = async () => (await (await call("GET", SHIPPED)).json()).items;
    const before = await list();
    equal(before.length, 7);
    ok(before.every(({ installed }: { installed: unknown }) => installed === null));
    for (const { name } of before) {
      const installed = await call("POST", `${SHIPPED}/${name}/install`);
      const { definition, findings } = await installed.json();
      deepEqual([installed.status, definition.key, findings], [201, name, []]);
    }
    const drafts = (await list()).map(({ installed }: { installed: unknown }) => installed);
    deepEqual(drafts, before.map(() => ({ version: 1, state: "draft" })));
    equal((await call("POST", `${SHIPPED}/nothing/install`)).status, 404);
    const plain = t.service.headersOf({ organizationId, permissions: ["workflows:author"] });
    const path = `${SHIPPED}/antenatal/install`;
    equal((await t.app.request(path, { method: "POST", headers: plain })).status, 403);
  });

  it("is drawn as nodes and edges, also with how far a run is", async () => {
    const organizationId = newId();
    const [call, approver] = [t.as(newId(), organizationId), t.as(newId(), organizationId)];
    const bodyOf = async (response: Promise<Response>) => await (await response).json();
    await bodyOf(call("POST", `${SHIPPED}/abnormal-result-follow-up/install`));
    const version = `${BASE}/definitions/abnormal-result-follow-up/versions/1`;
    const { nodes, edges }: Graph = await bodyOf(call("GET", `${version}/graph`));
    const ids = new Set(nodes.map(({ id }) => id));
    ok(edges.every(({ from, to }) => ids.has(from) && ids.has(to)), "an edge leads nowhere");
    deepEqual(edges.filter(({ from }) => from === "start").map(({ to }) => to), ["/do/0/assess"]);
    deepEqual(
      edges.filter(({ from }) => from === "/do/1/route").map(({ to, label }) => [to, label]),
      [["/do/2/callPatient", "critical"], ["/do/5/message", "abnormal"], ["/do/7/file", "normal"]],
    );
    await publishVersion([call, approver], version);
    const input = { title: "Potassium", documentId: newId(), patientId: newId(), kind: "hl7v2" };
    const body = { key: "abnormal-result-follow-up", input };
    const { id } = await bodyOf(call("POST", `${BASE}/runs`, { body }));
    await t.runner.drain();
    const run: Graph & { status: string } = await bodyOf(call("GET", `${BASE}/runs/${id}/graph`));
    equal(run.status, "running");
    deepEqual(run.nodes.filter(({ state }) => state !== null).map(({ id, state }) => [id, state]), [
      ["/do/0/assess", "waiting"],
    ]);
    equal((await t.as(newId(), newId())("GET", `${BASE}/runs/${id}/graph`)).status, 404);
  });
});
