/** Attacks on how requests are written, over real sockets, by the numbers of the threat list. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { type Attacked, openAttacked } from "./attacked_testing.ts";
import { requestRaw, sendRaw } from "./raw_testing.ts";

describe("an attack", () => {
  let attacked: Attacked;
  let identity: Attacked["identity"];
  let content: Attacked["content"];
  let gateway: Attacked["gateway"];
  let get: Attacked["get"];

  before(async () => {
    attacked = await openAttacked();
    ({ identity, content, gateway, get } = attacked);
  });
  after(() => attacked.close());

  it("G1: identity headers of the client's own, twice and with underscores", async () => {
    const { token, claims } = await identity.token();
    const forged = ["X-User-ID", "X-Org-ID", "X-Roles", "X_User_ID", "X-Forwarded-User"];
    const lines = [...forged, ...forged].map((name) => `${name}: attacker`);
    equal((await get(`Bearer ${token}`, lines)).status, 200);
    const seen = content.seen.at(-1)!.headers;
    equal(seen.get("x-user-id"), claims.sub);
    ok(![...seen.values()].some((value) => value.includes("attacker")));
  });

  it("G1: without a token, too", async () => {
    await get(undefined, ["X-User-ID: attacker", "X-Praxis-Context: v1.1.content.x"]);
    ok(![...content.seen.at(-1)!.headers.values()].some((value) => value.includes("attacker")));
  });

  for (
    const path of [
      "/api/content/../identity",
      "/api/content/%2e%2e/x",
      "/api/content\\..\\x",
      "//internal",
      "/api/content/%2finternal",
      "/api/content/%00",
      "/api/content/%zz",
    ]
  ) {
    it(`G2: ${path}`, async () => {
      const before = content.seen.length;
      equal((await requestRaw(gateway.port, `GET ${path}`)).status, 400);
      equal(content.seen.length, before);
    });
  }

  it("G4: two tokens", async () => {
    const [one, two] = [await identity.token(), await identity.token()];
    const lines = [`Authorization: Bearer ${two.token}`];
    equal((await get(`Bearer ${one.token}`, lines)).status, 401);
    equal((await get(`Bearer ${one.token}, Bearer ${two.token}`)).status, 401);
  });

  it("G5: a request that two readers would split differently", async () => {
    const before = content.seen.length;
    const requests: [lines: string[], body?: string][] = [
      [["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"],
      [["Content-Length: 5", "Content-Length: 6"], "hello!"],
      [["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"],
      [["Transfer-Encoding: xchunked"], "0\r\n\r\n"],
      [["X-A: 1", " folded"]],
      [["X-A: a\0b"]],
      [["Content-Length : 5"], "hello"],
      [["Content-Length: +5"], "hello"],
      [["Host: other.test"]],
    ];
    for (const [lines, body] of requests) {
      const { status } = await requestRaw(gateway.port, "POST /api/content/x", lines, body);
      equal(status, 400, lines.join(" | "));
    }
    deepEqual(content.seen.slice(before).map(({ path }) => path), []);
  });

  it("G5: a second request hidden in a body stays a body", async () => {
    const hidden = "GET /internal/secrets HTTP/1.1\r\nHost: x\r\n\r\n";
    const lines = [`Content-Length: ${hidden.length}`, "Content-Type: text/plain"];
    const before = content.seen.length;
    equal((await requestRaw(gateway.port, "POST /api/content/x", lines, hidden)).status, 200);
    deepEqual(content.seen.slice(before).map(({ body }) => body), [hidden]);
  });

  it("G5: header lines that end in a bare LF mean the same to service and gateway", async () => {
    const text =
      "GET /api/content/lf HTTP/1.1\nHost: x\nX-User-ID: attacker\nConnection: close\n\n";
    const { status } = await sendRaw(gateway.port, text);
    ok(status === 200 || status === 400);
    ok(![...content.seen.at(-1)!.headers.values()].includes("attacker"));
  });

  it("G5: without a Host nothing else is believed about where it was meant to go", async () => {
    const text = "GET /api/content/hostless HTTP/1.1\r\nX-Forwarded-Host: evil.test\r\n" +
      "Connection: close\r\n\r\n";
    const { status } = await sendRaw(gateway.port, text);
    ok(status === 200 || status === 400, `${status}`);
    const { path, headers } = content.seen.at(-1)!;
    ok(![...headers.values()].some((value) => value.includes("evil.test")));
    if (status === 200) {
      equal(path, "/api/content/hostless");
      equal(headers.get("x-forwarded-host"), "praxis.test");
    }
  });

  it("G6: methods that nobody offers", async () => {
    for (const method of ["TRACE", "FOO"]) {
      equal((await requestRaw(gateway.port, `${method} /api/content/x`)).status, 405);
    }
    await get(undefined, ["X-HTTP-Method-Override: DELETE"]);
    equal(content.seen.at(-1)!.method, "GET");
  });

  it("G7: a body that says it is too large", async () => {
    const { status } = await requestRaw(gateway.port, "POST /api/content/x", [
      `Content-Length: ${gateway.deps.forwardLimits.bodyBytesMax + 1}`,
    ]);
    equal(status, 413);
  });

  it("G11: an address that somebody claims", async () => {
    await get(undefined, ["X-Forwarded-For: 198.51.100.7", "Forwarded: for=198.51.100.7"]);
    equal(content.seen.at(-1)!.headers.get("x-forwarded-for"), "127.0.0.1");
  });

  for (
    const origin of [
      "null",
      "http://evil.test",
      "http://praxis.test.evil.test",
      "http://x.praxis.test",
    ]
  ) {
    it(`G12: the origin ${origin}`, async () => {
      const answer = await get(undefined, [`Origin: ${origin}`]);
      equal(answer.headers.get("access-control-allow-origin"), null);
    });
  }
});
