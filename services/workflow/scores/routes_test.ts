/** Scores through HTTP, as the contract has them. Failure tests 13 and 14. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { after, before, describe, it } from "@std/testing/bdd";
import { openWorkflow, type TestWorkflow } from "../testing.ts";

const PATH = "/api/workflow/scores";

describe("scores over HTTP", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());

  const creatinine = { value: 85, unit: "umol/L" };
  const inputs = { creatinine, age: { value: 65, unit: "a" }, sex: "female" };

  it("are listed with what they need, and answer with version and inputs", async () => {
    const call = t.as(newId(), newId());
    const { items } = await (await call("GET", PATH)).json();
    equal(items.length, 14);
    for (const { intendedUse, isAllowed } of items) ok(intendedUse.notFor && isAllowed);
    const answer = await (await call("POST", `${PATH}/CKD-EPI 2021`, { body: inputs })).json();
    deepEqual([answer.score, answer.band, answer.version], [65.53, "G2", "CKD-EPI 2021"]);
    equal(answer.inputs.creatinine.unit, "mg/dL");
    equal(answer.intendedUse.feature, "score.ckd-epi-2021");
    const nested = await call("POST", `${PATH}/ckd-epi-2021`, { body: { inputs } });
    equal((await nested.json()).score, 65.53);
    const { age: _, ...rest } = inputs;
    const unknown = await (await call("POST", `${PATH}/ckd-epi-2021`, { body: rest })).json();
    deepEqual([unknown.status, unknown.missing], ["indeterminate", ["age"]]);
  });

  it("answer bad input with a problem (13)", async () => {
    const call = t.as(newId(), newId());
    equal((await call("POST", `${PATH}/lucky`, { body: {} })).status, 404);
    equal((await call("POST", `${PATH}/__proto__`, { body: {} })).status, 404);
    const bodies: Record<string, unknown> = {
      "a slip": { ...inputs, creatinin: creatinine },
      "a list": [],
      "a field that no value has": { creatinine: { ...creatinine, colour: "red" } },
      "a time that is none": { creatinine: { ...creatinine, at: "yesterday" } },
      "a text that is too long": { sex: "x".repeat(200) },
      "depth": { creatinine: { a: { b: { c: {} } } } },
    };
    for (const [what, body] of Object.entries(bodies)) {
      equal((await call("POST", `${PATH}/ckd-epi-2021`, { body })).status, 422, what);
    }
    const raw = async (body: string) => {
      const headers = { ...t.service.headersOf({}), "content-type": "application/json" };
      const init = { method: "POST", headers, body };
      const response = await t.app.request(`${PATH}/ckd-epi-2021`, init);
      await response.body?.cancel();
      return response.status;
    };
    const polluted = await raw(`{"__proto__":{"value":1,"unit":"mg/dL"},"constructor":1}`);
    ok(polluted === 422 || polluted === 200);
    equal(({} as { unit?: string }).unit, undefined);
    equal(await raw("{"), 400);
    equal(await raw(`{"creatinine":{"value":1e999,"unit":"mg/dL"}}`), 422);
    equal(await raw("[".repeat(5_000) + "]".repeat(5_000)), 400);
    equal(await raw(`{"sex":"${"x".repeat(1_100_000)}"}`), 413);
  });

  it("are refused where the clinic has switched them off", async () => {
    const call = t.as(newId(), newId());
    const off = { feature: "score.qsofa", isOn: false, reason: "Not used here" };
    equal((await call("PUT", "/api/workflow/stance/switches", { body: off })).status, 200);
    equal((await call("POST", `${PATH}/qsofa`, { body: {} })).status, 409);
    equal((await call("POST", `${PATH}/news2`, { body: {} })).status, 200);
  });
});
