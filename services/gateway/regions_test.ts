/** Two regions with 150 ms between them: stand-ins for services, real gateways, real sockets. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { after, before, describe, it } from "@std/testing/bdd";
import { newId } from "@praxis/shared/id";
import { readRegion, regionOf, regionOfBody } from "./regions.ts";
import { openGateway, standInIdentity, standInService, until } from "./testing.ts";

const DELAY_MS = 75;

/** The ocean: whatever goes through arrives later, and every byte is remembered. */
function openOcean(port: () => number) {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const seen: Uint8Array[] = [];
  const open = new Set<Deno.Conn>();
  let delayMs = DELAY_MS;
  let isClosed = false;
  async function carry(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (;;) {
        const count = await from.read(buffer);
        if (count === null) break;
        const bytes = buffer.slice(0, count);
        seen.push(bytes);
        await new Promise((resolve) => setTimeout(resolve, delayMs));
        for (let at = 0; at < count;) at += await to.write(bytes.subarray(at));
      }
    } catch {
      // One side is gone; so is the other.
    }
    for (const connection of [from, to]) {
      open.delete(connection);
      try {
        connection.close();
      } catch {
        // Closed already.
      }
    }
  }
  (async () => {
    for await (const near of listener) {
      try {
        const far = await Deno.connect({ port: port(), hostname: "127.0.0.1" });
        open.add(near).add(far);
        carry(near, far);
        carry(far, near);
      } catch {
        near.close();
      }
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    text: () => seen.map((bytes) => new TextDecoder("latin1").decode(bytes)).join(""),
    close() {
      if (isClosed) return;
      isClosed = true;
      delayMs = 0;
      listener.close();
      for (const connection of open) connection.close();
    },
  };
}

async function openRegion(name: string, other: { name: string; url: string }) {
  const identity = await standInIdentity();
  const content = standInService("content");
  const gateway = openGateway({
    urls: { identity: identity.url, content: content.url },
    environment: { PRAXIS_REGION: name, REGIONS: JSON.stringify({ [other.name]: other.url }) },
  });
  gateway.follow();
  await until(() => gateway.deps.staleSeconds() < 60);
  return {
    identity,
    content,
    gateway,
    async close() {
      await Promise.all([gateway.close(), identity.close(), content.close()]);
    },
  };
}

describe("two regions", () => {
  type Region = Awaited<ReturnType<typeof openRegion>>;
  let [eu, ca]: [Region, Region] = [] as never;
  let ocean: ReturnType<typeof openOcean>;
  let back: ReturnType<typeof openOcean>;
  const canary = (region: string) => `canary-of-${region}-${newId()}`;

  before(async () => {
    ocean = openOcean(() => ca.gateway.port);
    back = openOcean(() => eu.gateway.port);
    eu = await openRegion("eu", { name: "ca", url: ocean.url });
    ca = await openRegion("ca", { name: "eu", url: back.url });
  });
  after(async () => {
    ocean.close();
    back.close();
    await Promise.all([eu.close(), ca.close()]);
  });

  const call = (region: Region, path: string, token: string, init: RequestInit = {}) =>
    fetch(region.gateway.url + path, { ...init, headers: { authorization: `Bearer ${token}` } });

  it("each answer for their own, wherever their people come in", async () => {
    const { token, claims } = await ca.identity.token({ rgn: "ca" });
    const body = canary("ca");
    const before = eu.content.seen.length;
    const answer = await call(eu, "/api/content/documents", token, { method: "POST", body });
    equal(answer.status, 200);
    equal((await answer.json()).body, body);
    const seen = ca.content.seen.at(-1)!;
    deepEqual([seen.body, seen.headers.get("x-user-id")], [body, claims.sub]);
    equal(eu.content.seen.length, before);
    // Across the ocean and back.
    ok(ocean.text().includes(body));
  });

  it("a link leads to its region without the credentials of whoever follows it", async () => {
    const { token } = await eu.identity.token({ rgn: "eu" });
    const path = `/api/content/public/shares/ca_${"a".repeat(43)}`;
    const headers = { authorization: `Bearer ${token}`, cookie: `session=${canary("eu")}` };
    const { cookie } = headers;
    const before = eu.content.seen.length;
    const follow = async () =>
      (await (await fetch(eu.gateway.url + path, { headers })).json()).path;
    const { length } = ca.content.seen;
    equal(await follow(), path);
    // Known by now: that changes nothing.
    equal((await call(eu, "/api/content/x", token)).status, 200);
    equal(await follow(), path);
    deepEqual(
      [ca.content.seen.length - length, eu.content.seen.length - before],
      [2, 1],
    );
    const sent = ocean.text();
    equal(sent.includes(path) && !sent.includes(token) && !sent.includes(cookie), true);
  });

  const JSON_TYPE = { "content-type": "application/json" };
  const signInAt = async (region: Region, body: string, headers: Record<string, string>) => {
    const init = { method: "POST", body, headers };
    const answer = await fetch(`${region.gateway.url}/auth/login`, init);
    equal((await answer.json()).body, body);
  };

  it("a sign-in goes where its body says, as it was written", async () => {
    const body = JSON.stringify({ email: "a@b.example", password: "é", region: "ca" });
    const before = eu.identity.seen.length;
    await signInAt(eu, body, JSON_TYPE);
    equal(ca.identity.seen.at(-1)?.body, body);
    equal(eu.identity.seen.length, before);
  });

  it("a sign-in that says nothing, or nothing that is known, stays where it came in", async () => {
    const before = ca.identity.seen.length;
    for (
      const body of ['{"email":"a@b.example"}', '{"region":"moon"}', "not JSON", "x".repeat(99_999)]
    ) {
      await signInAt(eu, body, JSON_TYPE);
      equal(eu.identity.seen.at(-1)?.body, body);
    }
    equal(ca.identity.seen.length, before);
  });

  it("a body that names a region is not handed over twice", async () => {
    const body = '{"region":"eu"}';
    await signInAt(ca, body, { ...JSON_TYPE, "x-praxis-region-hop": "1" });
    equal(ca.identity.seen.at(-1)?.body, body);
  });

  it("G1: a claim of identity does not travel between them", async () => {
    const { token } = await ca.identity.token({ rgn: "ca" });
    const answer = await fetch(`${eu.gateway.url}/api/content/x`, {
      headers: { authorization: `Bearer ${token}`, "x-user-id": "attacker" },
    });
    await answer.body?.cancel();
    ok(![...ca.content.seen.at(-1)!.headers.values()].includes("attacker"));
  });

  it("nothing of one is in the other's packets, requests or answers", async () => {
    const { token } = await eu.identity.token({ rgn: "eu" });
    const body = canary("eu");
    const answer = await call(eu, "/api/content/documents", token, { method: "POST", body });
    equal((await answer.json()).body, body);
    ok(eu.content.seen.some((request) => request.body === body));
    ok(!ocean.text().includes(body) && !back.text().includes(body));
    ok(!JSON.stringify(ca.content.seen.map(({ body, path }) => [body, path])).includes(body));
  });

  it("a token of one is worth nothing in the other, whatever it claims", async () => {
    const { token } = await eu.identity.token({ rgn: "ca" });
    const answer = await call(eu, "/api/content/x", token);
    await answer.body?.cancel();
    equal(answer.status, 401);
  });

  it("a region that nobody knows is not asked for, and no request goes in a circle", async () => {
    const { token } = await eu.identity.token({ rgn: "moon" });
    const strange = await call(eu, "/api/content/x", token);
    await strange.body?.cancel();
    // Its own key signed it, so it is believed here.
    equal(strange.status, 200);
    const link = await fetch(`${eu.gateway.url}/api/content/public/ca_${"x".repeat(24)}`, {
      headers: { "x-praxis-region-hop": "1" },
    });
    await link.body?.cancel();
    equal(eu.content.seen.at(-1)?.path, `/api/content/public/ca_${"x".repeat(24)}`);
  });

  it("one dies, and the other is unharmed", async () => {
    const theirs = await ca.identity.token({ rgn: "ca" });
    const own = await eu.identity.token({ rgn: "eu" });
    const fresh = await ca.identity.token({ rgn: "ca" });
    equal((await call(eu, "/api/content/a", theirs.token)).status, 200);
    await ca.gateway.close();
    ocean.close();
    const lost = await call(eu, "/api/content/b", fresh.token);
    await lost.body?.cancel();
    equal(lost.status, 503);
    for (let i = 0; i < 10; i++) {
      const answer = await call(eu, `/api/content/${i}`, own.token);
      await answer.body?.cancel();
      equal(answer.status, 200);
    }
    equal((await fetch(`${eu.gateway.url}/health`)).status, 200);
  });
});

describe("the region of a request", () => {
  const claims = (rgn: unknown) => `x.${btoa(JSON.stringify({ rgn })).replace(/=+$/, "")}.y`;
  const opaque = `ca_${"a".repeat(43)}`;
  const table: [name: string, path: string, headers: Record<string, string>, region?: string][] = [
    ["is its token's", "/api/content/x", { authorization: `Bearer ${claims("ca")}` }, "ca"],
    ["is its opaque token's", "/auth/x", { authorization: `Bearer ${opaque}` }, "ca"],
    ["is its cookie's", "/auth/refresh", { cookie: `a=b; praxis_refresh=${opaque}` }, "ca"],
    ["is its link's", `/api/content/public/shares/${opaque}`, {}, "ca"],
    ["is unknown without any", "/auth/login", {}],
    ["is unknown when the claim is no region's name", "/x", {
      authorization: `Bearer ${claims("constructor")}`,
    }],
    ["is unknown when the claim is no text", "/x", { authorization: `Bearer ${claims(1)}` }],
    ["is unknown when the token is none", "/x", { authorization: "Bearer x.%%.y" }],
    ["is unknown for a link to nothing", "/api/content/public/ca_short", {}],
  ];
  for (const [name, path, headers, region] of table) {
    it(name, () => equal(regionOf(path, new Headers(headers)), region));
  }

  const form = "application/x-www-form-urlencoded";
  const bodies: [name: string, text: string, mediaType: string, region?: string][] = [
    ["says so", '{"email":"x","region":"ca"}', "application/json", "ca"],
    ["holds a refresh token", JSON.stringify({ refreshToken: opaque }), "application/json", "ca"],
    ["holds a challenge", JSON.stringify({ challengeId: opaque }), "application/json", "ca"],
    ["is a form with a code", `grant_type=authorization_code&code=${opaque}`, form, "ca"],
    [
      "holds a password that looks like a token",
      JSON.stringify({ password: opaque }),
      "application/json",
    ],
    ["holds a region that is none", '{"region":"__proto__"}', "application/json"],
    ["is no object", "null", "application/json"],
    ["is a list", '["ca"]', "application/json"],
    ["is nothing", "", "application/json"],
  ];
  for (const [name, text, mediaType, region] of bodies) {
    it(`that ${name} is ${region ?? "unknown"}`, () =>
      equal(regionOfBody(text, mediaType), region));
  }

  it("is not waited for without end", async () => {
    const body = new ReadableStream({ pull: () => new Promise(() => {}) });
    const headers = { "content-length": "10" };
    const request = new Request("http://praxis.test/auth/login", { method: "POST", body, headers });
    await rejects(readRegion(request, 1), { status: 400 });
  });
});
