import { deepEqual, equal } from "node:assert/strict";
import { describe, it } from "@std/testing/bdd";
import { headerBytes, type HeaderList, secure, towardsClient, towardsService } from "./headers.ts";
import type { Route } from "./routing.ts";

const facts = {
  requestId: "request-1",
  address: "192.0.2.7",
  publicUrl: new URL("https://praxis.test:8443"),
  context: [["x-user-id", "the-real-one"]] as HeaderList,
};
const plain: Route = { prefix: "/api/content", service: "content" };
const door: Route = { prefix: "/auth", service: "identity", takesCredentials: true };
const hook: Route = { prefix: "/hooks", service: "communication", takesSignatures: true };

const ours = [
  "accept-encoding: identity",
  "x-request-id: request-1",
  "x-forwarded-for: 192.0.2.7",
  "x-forwarded-host: praxis.test:8443",
  "x-forwarded-proto: https",
  "x-user-id: the-real-one",
];

/** What reaches the service beside what the gateway always sets. */
function passed(route: Route, inbound: HeaderList): string[] {
  const lower = inbound.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const lines = towardsService(lower, { ...facts, route }).map((pair) => pair.join(": "));
  deepEqual(lines.slice(-ours.length), ours);
  return lines.slice(0, -ours.length);
}

const spoofed = [
  "X-User-ID",
  "X-Tenant-ID",
  "X-Permissions",
  "X-Session-ID",
  "X-Praxis-Context",
  "X-Org-ID",
  "X-Organization",
  "X-Roles",
  "X-Auth-Request-User",
  "X-Client-Cert",
  "X-Forwarded-User",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Real-IP",
  "X-Original-URL",
  "X-Rewrite-URL",
  "X-Remote-User",
  "X-Request-ID",
  "X-HTTP-Method-Override",
  "X_User_ID",
  "X_Tenant_ID",
  "Remote_User",
  "Remote-User",
  "Client-Cert",
  "Forwarded",
  "Via",
  "Host",
  "Content-Length",
  "Transfer-Encoding",
  "TE",
  "Trailer",
  "Upgrade",
  "Keep-Alive",
  "Proxy-Authorization",
  "Proxy-Connection",
  "Expect",
  "Accept-Encoding",
  "Traceparent",
  "Tracestate",
  "Baggage",
];

describe("headers towards a service", () => {
  for (const name of spoofed) {
    it(`lose ${name} on every route`, () => {
      for (const route of [plain, door, hook]) deepEqual(passed(route, [[name, "evil"]]), []);
    });
  }

  it("keep what describes the request", () => {
    const kept: HeaderList = [
      ["accept", "application/json"],
      ["content-type", "application/json"],
      ["if-match", '"1"'],
      ["idempotency-key", "k"],
      ["last-event-id", "7"],
      ["origin", "http://praxis.test"],
      ["range", "bytes=0-9"],
      ["upload-offset", "0"],
    ];
    deepEqual(passed(plain, kept), kept.map((pair) => pair.join(": ")));
  });

  it("hold credentials only at identity's own doors", () => {
    const credentials: HeaderList = [["authorization", "Basic x"], ["cookie", "refresh=x"]];
    deepEqual(passed(door, credentials), ["authorization: Basic x", "cookie: refresh=x"]);
    deepEqual(passed(plain, credentials), []);
    deepEqual(passed(hook, credentials), []);
  });

  it("hold a provider's signature only for webhooks", () => {
    const signature: HeaderList = [["x-twilio-signature", "s"], ["svix-signature", "s"]];
    deepEqual(passed(hook, signature), ["x-twilio-signature: s", "svix-signature: s"]);
    deepEqual(passed(plain, signature), ["svix-signature: s"]);
  });

  it("lose what Connection names", () => {
    deepEqual(passed(plain, [["connection", "close, Secret"], ["secret", "s"], ["kept", "k"]]), [
      "kept: k",
    ]);
  });

  it("pass a trace only when it is well formed", () => {
    const good = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    deepEqual(passed(plain, [["traceparent", good]]), [`traceparent: ${good}`]);
    deepEqual(passed(plain, [["traceparent", `${good}; drop table`]]), []);
  });
});

describe("headers towards a client", () => {
  function copied(outbound: Headers): [string, string][] {
    const answer = new Headers();
    towardsClient(outbound, answer);
    return [...answer];
  }

  it("keep cookies apart and everything that describes the answer", () => {
    const outbound = new Headers([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["etag", '"1"'],
      ["content-range", "bytes 0-1/2"],
      ["repr-digest", "sha-256=:x:"],
      ["location", "/api/content/documents/1"],
    ]);
    deepEqual(copied(outbound).sort(), [...outbound].sort());
  });

  it("lose what concerns one connection, what is ours to say, and what tells too much", () => {
    const outbound = new Headers({
      "connection": "keep-alive, x-secret",
      "x-secret": "s",
      "keep-alive": "timeout=5",
      "transfer-encoding": "chunked",
      "access-control-allow-origin": "*",
      "x-user-id": "u",
      "server": "deno",
    });
    deepEqual(copied(outbound), []);
  });

  it("carry the security headers; a policy of the service's own stays", () => {
    const headers = new Headers({ "content-security-policy": "sandbox" });
    secure(headers, "request-1", true);
    equal(headers.get("content-security-policy"), "sandbox");
    equal(headers.get("x-content-type-options"), "nosniff");
    equal(headers.get("strict-transport-security"), "max-age=63072000; includeSubDomains");
    const development = new Headers();
    secure(development, "request-1", false);
    equal(development.has("strict-transport-security"), false);
    equal(
      development.get("content-security-policy"),
      "default-src 'none'; frame-ancestors 'none'",
    );
  });
});

describe("the size of headers", () => {
  it("counts names, values and line ends", () => {
    equal(headerBytes([["host", "h"], ["a", "bc"]]), 9 + 7);
  });
});
