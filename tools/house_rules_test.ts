import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import rules from "./house_rules.ts";

const HEADER = "/** Something. */\n";
const messages = (file: string, source: string) =>
  Deno.lint.runPlugin(rules, `/repo/${file}`, HEADER + source).map((d) => d.message);

describe("house rules", () => {
  it("import-direction lets imports go down and to neighbours' faces only", () => {
    const from = "services/identity/sessions/sessions.ts";
    const good = `import "./store.ts"; import "../users/users.ts"; import "./model.ts";`;
    deepEqual(messages(from, good), []);
    deepEqual(messages(from, `import "./routes.ts";`), [
      "inside a feature imports go down: routes, feature, store, model",
    ]);
    deepEqual(messages(from, `import "../users/store.ts";`), [
      "only users.ts and model.ts of a neighbour feature may be imported",
    ]);
    deepEqual(messages(from, `import "../../content/app.ts";`), [
      "a service may not import another service: call it over HTTP",
    ]);
    deepEqual(messages(from, `import "@praxis/content"; import "@praxis/shared/auth";`), [
      "a service may not import another service: call it over HTTP",
    ]);
    deepEqual(messages("shared/http/api.ts", `import "../../services/identity/app.ts";`), [
      "shared/ may not know any service",
    ]);
  });

  it("sql-lives-in-stores", () => {
    const file = "services/identity/sessions/sessions.ts";
    deepEqual(messages(file, "await sql`select 1`"), ["SQL is written in store.ts"]);
    deepEqual(messages("services/identity/sessions/store.ts", "await db`select 1`"), []);
  });

  it("no-select-star", () => {
    const file = "services/identity/sessions/store.ts";
    equal(messages(file, "await db`select u.* from users u`").length, 1);
    equal(messages(file, "await db`select count(*) from users`").length, 0);
  });

  it("environment-is-read-once", () => {
    deepEqual(messages("services/identity/app.ts", `Deno.env.get("X")`), [
      "Only shared/config reads the environment",
    ]);
    deepEqual(messages("shared/config/config.ts", `Deno.env.get("X")`), []);
  });

  it("routes-are-defined", () => {
    const file = "services/identity/sessions/routes.ts";
    equal(messages(file, `api.get("/", (c) => c.json({}))`).length, 2);
    equal(messages(file, `api.openapi(route, (c) => reply(c, 200, Schema, {}))`).length, 0);
  });

  it("files-say-what-they-hold", () => {
    const bare = Deno.lint.runPlugin(rules, "/repo/shared/id/id.ts", "export const a = 1;");
    equal(bare.length, 1);
  });
});
