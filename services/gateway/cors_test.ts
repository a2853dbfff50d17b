import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { allowOrigin, isPreflight, preflight } from "./cors.ts";

const allowed = new Set(["https://app.praxis.test"]);

const strangers = [
  "null",
  "https://evil.test",
  "https://app.praxis.test.evil.test",
  "https://evil-app.praxis.test",
  "http://app.praxis.test",
  "https://app.praxis.test:444",
  "https://APP.praxis.test",
  "",
];

describe("another origin", () => {
  it("may read answers, with credentials, when it is allowed", () => {
    const headers = new Headers();
    allowOrigin(headers, "https://app.praxis.test", allowed);
    equal(headers.get("access-control-allow-origin"), "https://app.praxis.test");
    equal(headers.get("access-control-allow-credentials"), "true");
    equal(headers.get("vary"), "origin");
  });

  for (const origin of strangers) {
    it(`is not repeated when it is ${JSON.stringify(origin)}`, () => {
      const headers = new Headers();
      allowOrigin(headers, origin, allowed);
      deepEqual([...headers], [["vary", "origin"]]);
      const names = [...preflight(origin, allowed).headers.keys()];
      deepEqual(names, ["vary"]);
    });
  }

  it("costs nothing when there is none", () => {
    const headers = new Headers();
    allowOrigin(headers, undefined, allowed);
    deepEqual([...headers], []);
  });
});

describe("a preflight", () => {
  const ask = (headers: Record<string, string>, method = "OPTIONS") =>
    isPreflight(new Request("http://h/", { method, headers }));

  it("is an OPTIONS with an origin and a method to come", () => {
    const headers = { origin: "https://a.test", "access-control-request-method": "PUT" };
    equal(ask(headers), true);
    equal(ask(headers, "GET"), false);
    equal(ask({ origin: "https://a.test" }), false);
  });

  it("names what may be sent", () => {
    const { status, headers } = preflight("https://app.praxis.test", allowed);
    equal(status, 204);
    equal(headers.get("access-control-allow-methods"), "GET, HEAD, POST, PUT, PATCH, DELETE");
    equal(headers.get("access-control-max-age"), "600");
  });
});
