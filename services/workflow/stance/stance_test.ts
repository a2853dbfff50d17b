/** What is switched off is refused, here and nowhere else; and the document says what the code does. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { newId } from "@praxis/shared/id";
import { read } from "@praxis/shared/postgres";
import { after, before, describe, it } from "@std/testing/bdd";
import { taskNames } from "../assistance/tasks/task.ts";
import { scores } from "../scores/scores.ts";
import { openWorkflow, type TestWorkflow } from "../testing.ts";
import { judge } from "./model.ts";
import { rowsOf } from "./regulatory.ts";
import { featureOf, features } from "./registry.ts";
import * as stance from "./stance.ts";

const score = { feature: "score.news2", withheldIn: [], isOnByDefault: true };
const on = (feature: string, country: string | null = null) => ({ feature, country, isOn: true });
const off = (feature: string, country: string | null = null) => ({ feature, country, isOn: false });

describe("a verdict", () => {
  const isAllowed = (...args: Parameters<typeof judge>) => judge(...args).isAllowed;

  it("lets off win over on, and the kind over one of it", () => {
    equal(isAllowed(score, "DE", []), true);
    equal(isAllowed(score, "DE", [off("score.news2")]), false);
    equal(isAllowed(score, "DE", [off("score"), on("score.news2")]), false);
    equal(isAllowed(score, "DE", [on("score.news2"), off("score.news2", "DE")]), false);
    equal(isAllowed(score, "DE", [off("score.qsofa"), off("viewer")]), true);
  });

  it("keeps to the country, and is careful where it is not known", () => {
    equal(isAllowed(score, "FR", [off("score.news2", "DE")]), true);
    equal(isAllowed(score, null, [off("score.news2", "DE")]), false);
    const external = { feature: "assistant.x", withheldIn: [], isOnByDefault: false };
    equal(isAllowed(external, "DE", []), false);
    equal(isAllowed(external, "DE", [on("assistant.x", "DE")]), true);
    equal(isAllowed(external, null, [on("assistant.x", "DE")]), false);
    equal(isAllowed(external, "DE", [on("assistant")]), false);
  });

  it("offers nothing where the product withholds it, whatever a clinic says", () => {
    const withheld = { ...score, withheldIn: ["US"] };
    deepEqual(judge(withheld, "US", [on("score.news2")]), { isAllowed: false, because: "country" });
    equal(isAllowed(withheld, null, []), false);
    equal(isAllowed(withheld, "DE", []), true);
  });
});

describe("the registry", () => {
  it("names everything once, with a use and a limit", () => {
    equal(new Set(features.map(({ feature }) => feature)).size, features.length);
    for (const { feature, use, notFor, kind } of features) {
      match(feature, new RegExp(`^${kind}(\\.|$)`));
      equal(use.length > 20 && notFor.length > 10, true, feature);
    }
  });

  it("has a label for every score and every task of assistance, and for no other", () => {
    const named = (kind: string) =>
      features.filter((one) => one.kind === kind).map(({ feature }) => feature).sort();
    deepEqual(named("score"), scores.map(({ name }) => `score.${name}`).sort());
    const switches = ["assistant.external-model", "assistant.free-text"];
    deepEqual(
      named("assistant"),
      [...taskNames.map((task) => `assistant.${task}`), ...switches].sort(),
    );
  });

  it("knows a clinic's own rules, and nothing that nobody has", () => {
    equal(featureOf("rule.early-sepsis").feature, "rule.early-sepsis");
    equal(featureOf("score").title, "Every score");
    for (
      const id of ["score.lucky", "horoscope", "viewer.", "rules", "rule.", "rule.a.b", "__proto__"]
    ) {
      try {
        featureOf(id);
      } catch (error) {
        match(String(error), /has this name/);
        continue;
      }
      throw new Error(`${id} is known`);
    }
  });

  it("says what docs/regulatory.md says", async () => {
    const file = new URL("../../../docs/regulatory.md", import.meta.url);
    const lines = (await Deno.readTextFile(file)).split("\n")
      .filter((line) => line.startsWith("|") && !/^\|[\s|:-]+$/.test(line))
      .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
    deepEqual(lines, rowsOf(features));
  });
});

describe("the stance of a clinic", () => {
  let t: TestWorkflow;
  before(async () => {
    t = await openWorkflow();
  });
  after(() => t[Symbol.asyncDispose]());
  const PATH = "/api/workflow/stance";

  it("is switched by whoever may, and heard of at once", async () => {
    const [organizationId, other] = [newId(), newId()];
    const owner = t.as(newId(), organizationId);
    const asked = { organizationId, feature: "score.news2" };
    equal((await stance.ensureAllowed(t.deps, asked)).title, "NEWS2");
    const body = { feature: "score.news2", isOn: false, reason: "not validated here" };
    equal((await owner("PUT", `${PATH}/switches`, { body })).status, 200);
    await rejects(stance.ensureAllowed(t.deps, asked), { kind: "feature-off", status: 409 });
    equal(await stance.isAllowed(t.deps, { ...asked, organizationId: other }), true);
    const told = await (await owner("GET", PATH)).json();
    const item = told.items.find((one: { feature: string }) => one.feature === "score.news2");
    deepEqual([item.isAllowed, item.because], [false, "switch"]);
    const [audit] = await t.service.owner`
      select action, subject_id, details from audit_events
      where organization_id = ${organizationId} order by seq desc limit 1`;
    deepEqual({ ...audit }, {
      action: "feature.switched_off",
      subjectId: "score.news2",
      details: { entry: "score.news2", country: null },
    });
    equal((await owner("PUT", `${PATH}/switches`, { body: { ...body, isOn: true } })).status, 200);
    equal(await stance.isAllowed(t.deps, asked), true);
  });

  it("differs by country", async () => {
    const organizationId = newId();
    const owner = t.as(newId(), organizationId);
    const asked = { organizationId, feature: "viewer.dicom" };
    const body = { feature: "viewer.dicom", country: "US", isOn: false, reason: "no clearance" };
    equal((await owner("PUT", `${PATH}/switches`, { body })).status, 200);
    equal((await owner("PUT", `${PATH}/country`, { body: { country: "DE" } })).status, 200);
    equal(await stance.isAllowed(t.deps, asked), true);
    equal(await stance.isAllowed(t.deps, { ...asked, country: "US" }), false);
    equal((await owner("PUT", `${PATH}/country`, { body: { country: "US" } })).status, 200);
    equal(await stance.isAllowed(t.deps, asked), false);
  });

  it("switches everything that there is, whatever its name", async () => {
    const organizationId = newId();
    const owner = t.as(newId(), organizationId);
    for (const { feature } of features) {
      const body = { feature, isOn: false, reason: "as agreed" };
      equal((await owner("PUT", `${PATH}/switches`, { body })).status, 200, feature);
      equal(await stance.isAllowed(t.deps, { organizationId, feature }), false, feature);
    }
  });

  it("refuses what nobody has and what makes no sense", async () => {
    const owner = t.as(newId(), newId());
    const good = { feature: "score.news2", isOn: false, reason: "as agreed" };
    const statusOf = async (path: string, body: unknown) => {
      const response = await owner("PUT", `${PATH}/${path}`, { body });
      equal(response.headers.get("content-type"), "application/problem+json");
      await response.body?.cancel();
      return response.status;
    };
    equal(await statusOf("switches", { ...good, feature: "score.lucky" }), 404);
    equal(await statusOf("switches", { ...good, feature: "SCORE NEWS" }), 422);
    equal(await statusOf("switches", { ...good, country: "Germany" }), 422);
    equal(await statusOf("switches", { ...good, reason: " " }), 422);
    equal(await statusOf("country", { country: "de" }), 422);
  });

  it("keeps one clinic's switches from another, whatever the query forgets", async () => {
    const [organizationId, other] = [newId(), newId()];
    const owner = t.as(newId(), organizationId);
    const body = { feature: "score", isOn: false, reason: "as agreed" };
    equal((await owner("PUT", `${PATH}/switches`, { body })).status, 200);
    equal((await owner("PUT", `${PATH}/country`, { body: { country: "DE" } })).status, 200);
    const rows = await read(t.deps.sql, { organizationId: other }, async (tx) => [
      ...await tx`select 1 from stance_switches`,
      ...await tx`select 1 from stance_countries`,
    ]);
    equal(rows.length, 0);
  });
});
