import { deepEqual, equal, match, ok } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { verifyContext } from "@praxis/shared/auth";
import { newId } from "@praxis/shared/id";
import { generateKeyPair } from "jose";
import { createLimiter } from "./limits.ts";
import { type RawAnswer, requestRaw, sendRaw } from "./raw_testing.ts";
import {
  contextKeys,
  documentOf,
  freePort,
  openGateway,
  standInIdentity,
  standInService,
  until,
} from "./testing.ts";

type Gateway = ReturnType<typeof openGateway>;
type Identity = Awaited<ReturnType<typeof standInIdentity>>;
type Service = ReturnType<typeof standInService>;

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function expectProblem(answer: RawAnswer, status: number, kind: string): void {
  equal(answer.status, status, answer.body);
  equal(answer.headers.get("content-type"), "application/problem+json");
  const problem = JSON.parse(answer.body);
  equal(problem.type, `/problems/${kind}`);
  equal(problem.status, status);
  equal(problem.instance, answer.headers.get("x-request-id"));
}

async function expectProblemOf(response: Response, status: number, kind: string) {
  const body = await response.text();
  expectProblem({ status: response.status, headers: response.headers, body }, status, kind);
}

describe("the gateway", () => {
  let identity: Identity;
  let content: Service;
  let communication: Service;
  let gateway: Gateway;
  const get = (path: string, headers: HeadersInit = {}) => fetch(gateway.url + path, { headers });

  before(async () => {
    identity = await standInIdentity();
    content = standInService("content", (_, path) => {
      if (path === "/api/content/cookies") {
        return new Response("x", { headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]] });
      }
      if (path === "/api/content/moved") {
        return new Response(null, { status: 303, headers: { location: "/api/content/here" } });
      }
      if (path === "/api/content/part") {
        const headers = { "content-range": "bytes 0-2/10", "etag": '"1"', "repr-digest": "x=:y:" };
        return new Response("abc", { status: 206, headers });
      }
      if (path === "/api/content/gone") return new Response(null, { status: 204 });
      if (path === "/api/content/same") return new Response(null, { status: 304 });
      if (path === "/api/content/page") {
        const headers = { "content-type": "text/html", "content-security-policy": "sandbox" };
        return new Response("<p>", { headers });
      }
      if (path === "/api/content/packed") {
        const packed = new Blob(["plain"]).stream().pipeThrough(new CompressionStream("gzip"));
        return new Response(packed, { headers: { "content-encoding": "gzip" } });
      }
      return path === "/openapi.json" ? Response.json(documentOf("content")) : undefined;
    });
    communication = standInService("communication");
    gateway = openGateway({
      urls: { identity: identity.url, content: content.url, communication: communication.url },
    });
    gateway.follow();
    await until(() => gateway.deps.staleSeconds() < 60);
  });
  after(async () => {
    await gateway.close();
    await Promise.all([identity.close(), content.close(), communication.close()]);
  });

  describe("and raw paths", () => {
    const attacks = [
      "/api/content/../identity/users/me",
      "/api/content/%2e%2e/identity",
      "/api/content/%2E%2e/identity",
      "/api/content/..%2fidentity",
      "/api/content/..\\identity",
      "/api/content/..%5cidentity",
      "/api/content/./documents",
      "//api/content/documents",
      "/api//content",
      "/api/content/a%00b",
      "/api/content/%zz",
      "/api/content/%",
      "/api/content/%E9",
      "/api/content/#/../x",
      "/%61pi/content/documents",
      "/auth/%6cogin",
      "/internal/../api/content/documents",
      "http://evil.test/api/content/../x",
    ];
    for (const path of attacks) {
      it(`refuse ${path}`, async () => {
        const before = content.seen.length + identity.seen.length;
        expectProblem(await requestRaw(gateway.port, `GET ${path}`), 400, "malformed");
        equal(content.seen.length + identity.seen.length, before);
      });
    }

    // Deno refuses these before the handler sees them.
    for (const path of ["/api/content/ä", "/api/content/a b", "/api/content/\u0001", "*", "x"]) {
      it(`do not reach anyone as ${JSON.stringify(path)}`, async () => {
        const before = content.seen.length;
        equal((await requestRaw(gateway.port, `GET ${path}`)).status, 400);
        equal(content.seen.length, before);
      });
    }

    for (
      const host of ["praxis.test?", "praxis.test#", "a@praxis.test", "praxis.test/api/content"]
    ) {
      it(`are not moved by the Host ${host}`, async () => {
        const text = `GET /api/content/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        expectProblem(await sendRaw(gateway.port, text), 400, "malformed");
      });
    }

    it("and queries pass as they are", async () => {
      const path = "/api/content/documents?q=a%2F..%2Fb&from=/../&x=%zz";
      equal((await requestRaw(gateway.port, `GET ${path}`)).status, 200);
      equal(content.seen.at(-1)?.path, path);
    });
  });

  describe("and methods", () => {
    for (const method of ["TRACE", "FOO", "get", "PROPFIND"]) {
      it(`refuse ${method}`, async () => {
        const answer = await requestRaw(gateway.port, `${method} /api/content/documents`);
        expectProblem(answer, 405, "method-not-allowed");
        equal(answer.headers.get("allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
      });
    }

    it("refuse CONNECT", async () => {
      expectProblem(
        await requestRaw(gateway.port, "CONNECT evil.test:443"),
        405,
        "method-not-allowed",
      );
    });

    it("refuse a write to the gateway's own routes", async () => {
      const answer = await requestRaw(gateway.port, "POST /health", ["Content-Length: 0"]);
      expectProblem(answer, 405, "method-not-allowed");
      equal(answer.headers.get("allow"), "GET, HEAD");
    });

    it("are not overridden by a header", async () => {
      await get("/api/content/x", { "x-http-method-override": "DELETE" });
      equal(content.seen.at(-1)?.method, "GET");
    });

    it("answer HEAD with the length and without the body", async () => {
      const answer = await requestRaw(gateway.port, "HEAD /api/content/documents");
      equal(answer.status, 200);
      equal(answer.body, "");
      ok(Number(answer.headers.get("content-length")) > 0);
    });
  });

  describe("and sizes", () => {
    it("refuse headers beyond 32 KiB with a problem", async () => {
      const answer = await requestRaw(gateway.port, "GET /api/content/x", [
        `X-Big: ${"a".repeat(40_000)}`,
      ]);
      expectProblem(answer, 400, "malformed");
    });

    it("survive a header of 1 MB", async () => {
      const answer = await requestRaw(gateway.port, "GET /api/content/x", [
        `X-Big: ${"a".repeat(1_000_000)}`,
      ]);
      equal(answer.status, 400);
      equal((await get("/health")).status, 200);
    });

    it("refuse a Content-Length beyond the limit, before the body and without the service", async () => {
      const before = content.seen.length;
      const answer = await requestRaw(gateway.port, "POST /api/content/documents", [
        "Content-Length: 300000000",
      ]);
      expectProblem(answer, 413, "too-large");
      equal(content.seen.length, before);
    });

    it("refuse two lengths, and a length beside chunks", async () => {
      const line = "POST /api/content/documents";
      const chunked = "Transfer-Encoding: chunked";
      const body = "0\r\n\r\n";
      for (const second of ["Content-Length: 6", chunked]) {
        const answer = await requestRaw(gateway.port, line, ["Content-Length: 5", second], body);
        equal(answer.status, 400, second);
      }
    });
  });

  describe("and identity headers", () => {
    it("never let one through, however it is spelled", async () => {
      const names = ["X-User-ID", "x-user-id", "X_User_ID", "X-Tenant-ID", "X-Permissions"];
      const more = ["X-Session-ID", "X-Praxis-Context", "X-Roles", "X-Org-ID", "X-Client-Cert"];
      const lines = [...names, ...more].flatMap((name) => [`${name}: evil`, `${name}: evil too`]);
      for (const path of ["/api/content/x", "/hooks/x", "/auth/x"]) {
        equal((await requestRaw(gateway.port, `GET ${path}`, lines)).status, 200);
      }
      for (const { seen } of [content, communication, identity]) {
        ok(!JSON.stringify([...seen.at(-1)!.headers]).includes("evil"));
      }
    });

    it("carry a signed context that the service believes", async () => {
      const { token, claims } = await identity.token();
      const response = await get("/api/content/documents", {
        ...bearer(token),
        "x-user-id": newId(),
        "x-permissions": "users:manage",
        "cookie": "refresh=secret",
      });
      equal(response.status, 200);
      await response.body?.cancel();
      const { headers } = content.seen.at(-1)!;
      deepEqual(verifyContext(contextKeys.content, "content", headers, new Date()), {
        kind: "user",
        userId: claims.sub,
        organizationId: claims.org,
        sessionId: claims.sid,
        permissions: ["documents:read"],
      });
      equal(verifyContext(contextKeys.workflow, "content", headers, new Date()), undefined);
      equal(headers.get("authorization"), null);
      equal(headers.get("cookie"), null);
      equal(headers.get("x-forwarded-for"), "127.0.0.1");
      equal(headers.get("x-request-id"), response.headers.get("x-request-id"));
    });

    it("forward a stranger as a stranger", async () => {
      equal((await get("/api/content/public/x")).status, 200);
      ok(!content.seen.at(-1)!.headers.has("x-praxis-context"));
    });
  });

  describe("and tokens", () => {
    const authorized = (...values: string[]) =>
      requestRaw(
        gateway.port,
        "GET /api/content/documents",
        values.map((value) => `Authorization: ${value}`),
      );

    it("refuse what is none", async () => {
      const { token } = await identity.token();
      const { privateKey } = await generateKeyPair("EdDSA");
      const { token: forged } = await identity.token({}, privateKey);
      const { token: expired } = await identity.token({
        iat: Math.floor(Date.now() / 1000) - 700,
        exp: Math.floor(Date.now() / 1000) - 100,
      });
      const before = content.seen.length;
      for (
        const value of [
          "",
          "Bearer",
          "Bearer x",
          "Basic YTpi",
          `Bearer ${token}x`,
          `Bearer ${token}, Bearer ${token}`,
          `Bearer ${token} `.padEnd(9_000, "x"),
          `Bearer ${forged}`,
          `Bearer ${expired}`,
        ]
      ) {
        const answer = await authorized(value);
        expectProblem(answer, 401, "not-signed-in");
        equal(answer.headers.get("www-authenticate"), "Bearer");
      }
      expectProblem(await authorized(`Bearer ${token}`, `Bearer ${token}`), 401, "not-signed-in");
      equal(content.seen.length, before);
    });

    it("ask for keys and permissions once", async () => {
      const { token } = await identity.token();
      await get("/api/content/x", bearer(token)).then((response) => response.text());
      identity.asked.length = 0;
      for (let i = 0; i < 5; i++) {
        await get("/api/content/x", bearer(token)).then((response) => response.text());
      }
      deepEqual(identity.asked, []);
    });

    it("pass credentials through at identity's own doors, good or bad", async () => {
      const response = await fetch(`${gateway.url}/auth/logout`, {
        method: "POST",
        headers: { ...bearer("expired"), cookie: "refresh=r", "x-user-id": "evil" },
      });
      equal(response.status, 200);
      const { headers } = identity.seen.at(-1)!;
      equal(headers.get("authorization"), "Bearer expired");
      equal(headers.get("cookie"), "refresh=r");
      equal(headers.get("x-user-id"), null);
    });

    it("refuse a revoked session within the long poll, in every spelling of its token", async () => {
      const { token, claims } = await identity.token();
      const last = token.at(-1)!;
      const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      // 64 bytes of signature leave 4 unused bits in the last character.
      const twin = digits[digits.indexOf(last) ^ 1]!;
      const spellings = [token, `${token}=`, `${token}==`, token.slice(0, -1) + twin];
      // The twin is as good as the token itself, or this would prove nothing.
      equal((await authorized(`Bearer ${token}`)).status, 200);
      equal((await authorized(`Bearer ${spellings[3]}`)).status, 200);
      for (const spelling of spellings) await authorized(`Bearer ${spelling}`);
      identity.revoke({ kind: "session", id: claims.sid, permissionVersion: null });
      await until(async () => (await authorized(`Bearer ${token}`)).status === 401);
      const passed = content.seen.length;
      for (const spelling of spellings) {
        for (const scheme of ["Bearer", "bearer", "BEARER"]) {
          expectProblem(await authorized(`${scheme} ${spelling}`), 401, "not-signed-in");
        }
      }
      // With a newline the header is not a header any more.
      const middle = `${token.slice(0, 40)}\r\n ${token.slice(40)}`;
      ok([400, 401].includes((await authorized(`Bearer ${middle}`)).status));
      equal(content.seen.length, passed);
    });

    it("refuse a membership that has ended, and follow new permissions", async () => {
      const { token, claims } = await identity.token();
      const permissionsSeen = async () => {
        await get("/api/content/x", bearer(token)).then((response) => response.text());
        return content.seen.at(-1)!.headers.get("x-permissions");
      };
      equal(await permissionsSeen(), "documents:read");
      identity.permissions.set(claims.mid, ["documents:read", "audit:read"]);
      identity.revoke({ kind: "membership", id: claims.mid, permissionVersion: 2 });
      await until(async () => await permissionsSeen() === "documents:read,audit:read");
      identity.revoke({ kind: "membership", id: claims.mid, permissionVersion: null });
      await until(async () => (await authorized(`Bearer ${token}`)).status === 401);
    });
  });

  describe("and answers", () => {
    it("pass through as they are", async () => {
      const cookies = await requestRaw(gateway.port, "GET /api/content/cookies");
      deepEqual(cookies.headers.getSetCookie(), ["a=1", "b=2"]);
      const moved = await requestRaw(gateway.port, "GET /api/content/moved");
      equal(moved.status, 303);
      equal(moved.headers.get("location"), "/api/content/here");
      const part = await requestRaw(gateway.port, "GET /api/content/part", ["Range: bytes=0-2"]);
      equal(part.status, 206);
      equal(part.body, "abc");
      equal(part.headers.get("content-range"), "bytes 0-2/10");
      equal(part.headers.get("content-length"), "3");
      equal(part.headers.get("etag"), '"1"');
      equal(part.headers.get("repr-digest"), "x=:y:");
      for (const [path, status] of [["gone", 204], ["same", 304]] as const) {
        const answer = await requestRaw(gateway.port, `GET /api/content/${path}`);
        equal(answer.status, status);
        equal(answer.body, "");
        equal(answer.headers.get("transfer-encoding"), null);
      }
    });

    it("that are packed stay readable", async () => {
      const response = await get("/api/content/packed", { "accept-encoding": "gzip" });
      equal(await response.text(), "plain");
    });

    it("carry security headers and the request id", async () => {
      const { headers } = await get("/api/content/x", { "x-request-id": "client-request-1" });
      equal(headers.get("x-request-id"), "client-request-1");
      equal(headers.get("x-content-type-options"), "nosniff");
      equal(headers.get("referrer-policy"), "no-referrer");
      equal(headers.get("cross-origin-resource-policy"), "same-origin");
      equal(headers.get("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
      const page = await get("/api/content/page");
      equal(page.headers.get("content-security-policy"), "sandbox");
      const strange = await get("/health", { "x-request-id": "<script>" });
      match(strange.headers.get("x-request-id")!, /^[\w-]{36}$/);
    });

    it("let our own origin read, and no other", async () => {
      const ours = await get("/api/content/x", { origin: "http://praxis.test" });
      equal(ours.headers.get("access-control-allow-origin"), "http://praxis.test");
      const evil = await get("/api/content/x", { origin: "http://evil.test" });
      equal(evil.headers.get("access-control-allow-origin"), null);
      const headers = { "origin": "http://praxis.test", "access-control-request-method": "PUT" };
      const asked = await fetch(`${gateway.url}/api/content/x`, { method: "OPTIONS", headers });
      equal(asked.status, 204);
      equal(asked.headers.get("access-control-allow-origin"), "http://praxis.test");
      match(asked.headers.get("access-control-allow-headers")!, /authorization/);
    });

    it("refuse half of a WebSocket handshake", async () => {
      const upgrade = ["Upgrade: websocket", "Sec-WebSocket-Version: 13"];
      const answer = await requestRaw(gateway.port, "GET /api/content/x", upgrade);
      expectProblem(answer, 400, "malformed");
    });
  });

  describe("and paths of its own", () => {
    it("are the page for a browser, and a problem for a program", async () => {
      const page = await get("/patients/42", { accept: "text/html,*/*" });
      equal(page.status, 200);
      match(await page.text(), /<h1>Praxis<\/h1>/);
      match(page.headers.get("content-security-policy")!, /script-src 'self'/);
      await expectProblemOf(await get("/patients/42"), 404, "not-found");
      const post = { method: "POST", headers: { accept: "text/html" } };
      await expectProblemOf(await fetch(`${gateway.url}/patients`, post), 404, "not-found");
    });

    it("hold what the page loads, and nothing inline", async () => {
      const page = await (await get("/", { accept: "text/html" })).text();
      ok(!/<script>|<style|style=|onclick/.test(page));
      for (const [, path] of page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
        const asset = await get(path!);
        equal(asset.status, 200, path!);
        await asset.body?.cancel();
      }
      for (const path of ["/assets/index.html", "/assets/none.js", "/assets/constructor"]) {
        await expectProblemOf(await get(path), 404, "not-found");
      }
    });

    for (const path of ["/internal/events", "/internal", "/metrics"]) {
      it(`never show ${path}`, async () => {
        await expectProblemOf(await get(path), 404, "not-found");
        await expectProblemOf(await get(path, { accept: "text/html" }), 404, "not-found");
      });
    }

    it("show the documents of all services as one", async () => {
      const { info, paths, components } = await (await get("/openapi.json")).json();
      deepEqual(Object.keys(paths), ["/api/identity/things/{id}", "/api/content/things/{id}"]);
      deepEqual(Object.keys(components.schemas), ["identity.Thing", "content.Thing"]);
      deepEqual(Object.keys(components.securitySchemes), ["accessToken"]);
      match(info.description, /workflow/);
    });

    it("show a page to read them", async () => {
      const page = await get("/docs");
      equal(page.status, 200);
      match(await page.text(), /swagger-ui-bundle\.js/);
      match(page.headers.get("content-security-policy")!, /script-src 'self'/);
      equal((await get("/docs/start.js").then((r) => r.text())).includes("/openapi.json"), true);
      await expectProblemOf(await get("/docs/none.js"), 404, "not-found");
    });
  });
});

describe("limits", () => {
  let gateway: Gateway;
  let identity: Identity;
  let content: Service;
  const slowly = (name: string, burst: number) =>
    createLimiter({ name, perSecond: 1, burst }, () => 0);

  before(async () => {
    identity = await standInIdentity();
    content = standInService("content");
    gateway = openGateway({
      urls: { identity: identity.url, content: content.url },
      deps: {
        limiters: {
          user: slowly("user", 3),
          organization: slowly("organization", 100),
          key: slowly("key", 100),
          address: slowly("address", 20),
          signIn: slowly("sign-in", 2),
        },
      },
    });
    gateway.follow();
    await until(() => gateway.deps.staleSeconds() < 60);
  });
  after(() => Promise.all([gateway.close(), identity.close(), content.close()]));

  async function statuses(count: number, path: string, init: RequestInit = {}): Promise<number[]> {
    const found = [];
    for (let i = 0; i < count; i++) {
      const response = await fetch(gateway.url + path, init);
      await response.body?.cancel();
      found.push(response.status);
    }
    return found;
  }

  it("hold for one user and leave the other alone, whatever X-Forwarded-For says", async () => {
    for (let user = 0; user < 2; user++) {
      const { token } = await identity.token();
      const headers = { ...bearer(token), "x-forwarded-for": `192.0.2.${user}` };
      // The first request of a new token counts against the address.
      deepEqual(await statuses(6, "/api/content/x", { headers }), [200, 200, 200, 200, 429, 429]);
    }
  });

  it("hold for sign-ins from one address", async () => {
    const init = { method: "POST", body: "{}" };
    deepEqual(await statuses(3, "/auth/login", init), [200, 200, 429]);
    const response = await fetch(`${gateway.url}/auth/login`, init);
    equal(response.headers.get("retry-after"), "1");
    equal(response.headers.get("ratelimit"), '"sign-in";r=0;t=1');
    equal(response.headers.get("ratelimit-policy"), '"sign-in";q=2;w=2');
    await expectProblemOf(response, 429, "too-many-requests");
  });

  it("hold for strangers and bad tokens of one address together", async () => {
    const before = content.seen.length;
    const bad = await statuses(30, "/api/content/x", { headers: bearer("bad") });
    ok(bad.includes(401));
    equal(bad.at(-1), 429);
    deepEqual(await statuses(2, "/api/content/x"), [429, 429]);
    equal(content.seen.length, before);
    deepEqual(await statuses(2, "/health"), [200, 200]);
  });
});

describe("readiness", () => {
  it("comes when every service has been ready, and stays", async () => {
    const identity = await standInIdentity();
    const content = standInService("content");
    const workflow = standInService("workflow");
    const practice = standInService("practice");
    const port = freePort();
    const gateway = openGateway({
      urls: {
        identity: identity.url,
        content: content.url,
        workflow: workflow.url,
        practice: practice.url,
        communication: `http://127.0.0.1:${port}`,
      },
    });
    const ready = async () => {
      const response = await fetch(`${gateway.url}/ready`);
      return {
        status: response.status,
        again: response.headers.get("retry-after"),
        ...{ report: await response.json() },
      };
    };
    try {
      await gateway.deps.readiness.check();
      const first = await ready();
      equal(first.status, 503);
      equal(first.again, "1");
      deepEqual(first.report.missing, ["communication"]);
      equal(first.report.services.content, "up");
      equal(first.report.redis, "up");

      const communication = standInService("communication", undefined, port);
      await gateway.deps.readiness.check();
      const second = await ready();
      equal(second.status, 200);
      equal(second.report.status, "ready");
      deepEqual(second.report.services, {
        identity: "up",
        content: "up",
        communication: "up",
        workflow: "up",
        practice: "up",
      });

      await communication.close();
      await gateway.deps.readiness.check();
      const third = await ready();
      equal(third.status, 200);
      equal(third.report.services.communication, "down");
    } finally {
      await Promise.all(
        [gateway, identity, content, workflow, practice].map((server) => server.close()),
      );
    }
  });
});

describe("a service that is down", () => {
  it("costs its own prefix only, and is seen at once", async () => {
    const identity = await standInIdentity();
    const content = standInService("content");
    const gateway = openGateway({ urls: { identity: identity.url, content: content.url } });
    try {
      await gateway.deps.readiness.check();
      await content.close();
      const response = await fetch(`${gateway.url}/api/content/documents`);
      equal(response.headers.get("retry-after"), "1");
      await expectProblemOf(response, 503, "unavailable");
      equal(gateway.deps.readiness.report().services.content, "down");
      const upload = { method: "POST", body: new Uint8Array(1_000_000) };
      await expectProblemOf(
        await fetch(`${gateway.url}/api/content/x`, upload),
        503,
        "unavailable",
      );
      const other = await fetch(`${gateway.url}/auth/login`, { method: "POST", body: "{}" });
      equal(other.status, 200);
      await other.body?.cancel();
    } finally {
      await Promise.all([gateway.close(), identity.close()]);
    }
  });
});

describe("identity down", () => {
  it("lets signed-in people go on reading; a new token and an old list must wait", async () => {
    const identity = await standInIdentity();
    const content = standInService("content");
    let staleSeconds = 0;
    const gateway = openGateway({
      urls: { identity: identity.url, content: content.url },
      deps: { staleSeconds: () => staleSeconds },
    });
    const call = (token: string, method: string) =>
      fetch(`${gateway.url}/api/content/x`, { method, headers: bearer(token) });
    try {
      const known = await identity.token();
      const unknown = await identity.token();
      gateway.follow();
      equal((await call(known.token, "GET")).status, 200);
      await identity.close();

      equal((await call(known.token, "GET")).status, 200);
      equal((await call(known.token, "POST")).status, 200);
      await expectProblemOf(await call(unknown.token, "GET"), 503, "unavailable");

      staleSeconds = 61;
      equal((await call(known.token, "GET")).status, 200);
      const before = content.seen.length;
      for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
        const refused = await call(known.token, method);
        equal(refused.headers.get("retry-after"), "5");
        await expectProblemOf(refused, 503, "unavailable");
      }
      equal(content.seen.length, before);
      const { revocations } = await (await fetch(`${gateway.url}/ready`)).json();
      equal(revocations, "stale");
    } finally {
      await Promise.all([gateway.close(), content.close()]);
    }
  });

  it("believes nobody until the list of revocations was read once", async () => {
    const identity = await standInIdentity();
    const content = standInService("content");
    const gateway = openGateway({ urls: { identity: identity.url, content: content.url } });
    try {
      const { token } = await identity.token();
      const init = { method: "POST", headers: bearer(token) };
      await expectProblemOf(await fetch(`${gateway.url}/api/content/x`, init), 503, "unavailable");
      const reading = await fetch(`${gateway.url}/api/content/x`, { headers: bearer(token) });
      await expectProblemOf(reading, 503, "unavailable");
      gateway.follow();
      await until(async () => (await fetch(`${gateway.url}/api/content/x`, init)).status === 200);
    } finally {
      await Promise.all([gateway.close(), identity.close(), content.close()]);
    }
  });
});
