/** The demo's clinics are furnished once, and as their people expect. */
import { equal } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { writeDemoData } from "./demo_data.ts";
import { openPractice, type TestPractice } from "./testing.ts";

describe("demo data", () => {
  let t: TestPractice;
  before(async () => {
    t = await openPractice();
  });
  after(() => t[Symbol.asyncDispose]());

  it("is written once", async () => {
    equal(await writeDemoData(t.deps.sql, t.deps.now), 2);
    equal(await writeDemoData(t.deps.sql, t.deps.now), 0);
    const organizationId = "019b76da-a800-7100-8000-000000000000";
    const call = t.as({ organizationId });
    const { items } = await t.get(call, "/api/practice/practitioners");
    equal(items.length, 2);
    equal(items[0].name.family, "Novak");
    const own = t.as({
      organizationId,
      userId: "019b76da-a800-7200-8000-000000000005",
      permissions: [],
    });
    equal((await t.get(own, "/api/practice/me/patient")).name.family, "Sommer");
  });
});
